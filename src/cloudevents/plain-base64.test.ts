import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { decodePlainly, encodePlainly } from './plain-base64.ts';

test('base64 by hand is that of the platform', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const text = encodePlainly(bytes);
      assert.equal(text, encodeBase64(bytes));
      assert.deepEqual(decodePlainly(text), bytes);
    }),
  );
});

test('base64 by hand refuses what the platform refuses', () => {
  const character = fc.constantFrom(...'ABab09+/=- \n');
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 9 }), (text) => {
      assert.deepEqual(decodePlainly(text), decodeBase64(text));
    }),
    { numRuns: 2000 },
  );
});
