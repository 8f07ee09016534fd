/** Cards: what is right in form, and what the demo bank makes of them. */

/** What the bank will say to an authorisation; `nothing` means that it never answers. */
export type BankAnswer = 'yes' | 'no' | 'nothing';

/** All that is kept of a card. */
export interface CheckedCard {
  readonly lastFour: string;
  readonly bankSays: BankAnswer;
}

/** The fields of the form. */
export type CardField = 'name' | 'number' | 'expiry' | 'cvc';

/** A card, or what is wrong with it, by field. The messages hold nothing of what was typed. */
export type CardCheck =
  | { readonly kind: 'card'; readonly card: CheckedCard }
  | { readonly kind: 'errors'; readonly errors: Readonly<Partial<Record<CardField, string>>> };

/** The cards of the demo; any other card of right form is accepted by the bank. */
const demoCards: Readonly<Record<string, BankAnswer>> = {
  '4242424242424242': 'yes',
  '4000000000000002': 'no',
  '4000000000000341': 'nothing',
};

/**
 * Checks the fields of a card form.
 * @param now epoch milliseconds; a card is good until the end of its month (UTC).
 */
export function checkCard(fields: Readonly<Record<string, unknown>>, now: number): CardCheck {
  const errors: Partial<Record<CardField, string>> = {};
  const name = text(fields.name);
  const number = text(fields.number).replace(/[\s-]/g, '');
  const cvc = text(fields.cvc);
  if (name.length < 2 || name.length > 100) errors.name = 'Enter the name as it is printed on the card.';
  if (!/^\d{12,19}$/.test(number)) errors.number = 'A card number has 12 to 19 digits.';
  else if (!passesLuhn(number)) errors.number = 'This card number is mistyped: please check the digits.';
  const end = endOfExpiry(text(fields.expiry));
  if (end === undefined) errors.expiry = 'Enter month and year, such as 09/30.';
  else if (end <= now) errors.expiry = 'This card has expired.';
  if (!/^\d{3,4}$/.test(cvc)) errors.cvc = 'Enter the 3 or 4 digits of the security code.';
  if (Object.keys(errors).length > 0) return { kind: 'errors', errors };
  return { kind: 'card', card: { lastFour: number.slice(-4), bankSays: demoCards[number] ?? 'yes' } };
}

/** The check sum of card numbers (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** First moment after the month of `MM/YY` or `MM/YYYY`, or undefined if it is neither. */
function endOfExpiry(expiry: string): number | undefined {
  const match = /^(0?[1-9]|1[0-2])\s*[/\-. ]\s*(?:20)?(\d{2})$/.exec(expiry);
  return match === null ? undefined : Date.UTC(2000 + Number(match[2]), Number(match[1]), 1);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
