import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkCard } from './card.ts';

const now = Date.UTC(2026, 10, 23);
const good = { name: 'Ada Lovelace', number: '4242 4242 4242 4242', expiry: '12/30', cvc: '123' };

it('accepts a card of right form and keeps its last four digits only', () => {
  assert.deepEqual(checkCard(good, now), { kind: 'card', card: { lastFour: '4242', bankSays: 'yes' } });
});

it('R12: knows the cards of the demo by their numbers', () => {
  const says = (number: string) => {
    const check = checkCard({ ...good, number }, now);
    return check.kind === 'card' ? check.card.bankSays : check.errors;
  };
  assert.equal(says('4000-0000-0000-0002'), 'no');
  assert.equal(says('4000000000000341'), 'nothing');
  assert.equal(says('5555 5555 5555 4444'), 'yes');
});

const wrong: readonly [string, Partial<Record<keyof typeof good, unknown>>, keyof typeof good][] = [
  ['a mistyped number (Luhn)', { number: '4242 4242 4242 4241' }, 'number'],
  ['a short number', { number: '4242' }, 'number'],
  ['letters', { number: 'four two four two' }, 'number'],
  ['no number', { number: undefined }, 'number'],
  ['an empty name', { name: ' ' }, 'name'],
  ['a month that is over', { expiry: '10/26' }, 'expiry'],
  ['a month 13', { expiry: '13/30' }, 'expiry'],
  ['a date of another form', { expiry: '2030-12' }, 'expiry'],
  ['a short security code', { cvc: '12' }, 'cvc'],
  ['a long security code', { cvc: '12345' }, 'cvc'],
];
for (const [name, change, field] of wrong) {
  it(`refuses ${name}, naming the field and nothing that was typed`, () => {
    const check = checkCard({ ...good, ...change }, now);
    assert.ok(check.kind === 'errors');
    assert.deepEqual(Object.keys(check.errors), [field]);
    assert.doesNotMatch(JSON.stringify(check.errors), /4242|12345|2030/);
  });
}

it('accepts a card until the end of its month, with either length of year', () => {
  assert.equal(checkCard({ ...good, expiry: '11/26' }, Date.UTC(2026, 11, 1) - 1).kind, 'card');
  assert.equal(checkCard({ ...good, expiry: '11/2026' }, Date.UTC(2026, 11, 1)).kind, 'errors');
  assert.equal(checkCard({ ...good, expiry: '1 / 2027' }, now).kind, 'card');
});
