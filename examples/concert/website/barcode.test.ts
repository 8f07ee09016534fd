import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { barcode, symbolsOf } from './public/barcode.js';

const text = fc.string({
  minLength: 1,
  maxLength: 30,
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
});

describe('the code picture of a ticket', () => {
  it('has the check symbol of Code 128', () => {
    // Worked by hand for "Wikipedia" in set B: (104 + 55·1 + 73·2 + 75·3 + …) mod 103 = 88.
    assert.deepEqual(symbolsOf('Wikipedia'), [104, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, 106]);
  });

  it('has eleven modules for each symbol, two more for the stop, and ten of quiet on each side', () => {
    fc.assert(
      fc.property(text, (code) => {
        assert.equal(barcode(code).width, 20 + 11 * (code.length + 3) + 2);
      }),
    );
  });

  it('draws different codes differently and the same code alike', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        assert.equal(barcode(one).path === barcode(other).path, one === other);
      }),
    );
  });

  it('refuses what no scanner could read', () => {
    assert.throws(() => barcode('é'), RangeError);
  });
});
