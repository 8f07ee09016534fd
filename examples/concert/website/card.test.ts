import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as card from './public/card.js';

const now = Date.UTC(2026, 10, 25);

describe('the card form', () => {
  it('finds every single wrong digit of a number', () => {
    const good = '4242424242424242';
    assert.ok(card.luhn(good));
    for (let at = 0; at < good.length; at++) {
      for (let digit = 0; digit < 10; digit++) {
        const changed = good.slice(0, at) + digit + good.slice(at + 1);
        assert.equal(card.luhn(changed), changed === good, changed);
      }
    }
  });

  it('groups a number by four while it is typed', () => {
    assert.equal(card.grouped('4'), '4');
    assert.equal(card.grouped('42424'), '4242 4');
    assert.equal(card.grouped('4242-4242 4242x4242'), '4242 4242 4242 4242');
  });

  it('names the brand by the first digits', () => {
    const brands = ['4242', '5105', '2221', '378282', '6011', '30569', '3530', '9'].map(card.brandOf);
    assert.deepEqual(brands, [
      'Visa',
      'Mastercard',
      'Mastercard',
      'American Express',
      'Discover',
      'Diners Club',
      'JCB',
      '',
    ]);
  });

  it('takes a card until the end of its month and refuses it after', () => {
    assert.equal(card.expiryError('11/26', now), '');
    assert.match(card.expiryError('10/26', now), /expired/);
    assert.match(card.expiryError('13/30', now), /month/);
    assert.match(card.expiryError('1', now), /MM\/YY/);
    assert.equal(card.expiryError('12/26', Date.UTC(2026, 11, 31, 23, 59)), '');
    assert.match(card.expiryError('12/26', Date.UTC(2027, 0, 1)), /expired/);
  });

  it('writes the expiry date with its stroke', () => {
    assert.deepEqual(['1', '12', '122', '1229', '9', '929'].map(card.expiryOf), [
      '1',
      '12',
      '12/2',
      '12/29',
      '09',
      '09/29',
    ]);
  });

  it('wants three digits at the back, four for American Express', () => {
    assert.equal(card.cvcError('123', '4242424242424242'), '');
    assert.match(card.cvcError('12', '4242424242424242'), /3 digits/);
    assert.match(card.cvcError('123', '378282246310005'), /4 digits/);
    assert.equal(card.cvcError('1234', '378282246310005'), '');
  });
});
