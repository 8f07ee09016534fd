/** What can be said of a card before the payments service sees it. Pure; nothing is stored or sent from here. */

/** @param {string} text */
export function digitsOf(text) {
  return text.replace(/\D/g, '');
}

/** `4242424242424242` → `4242 4242 4242 4242`, at most 19 digits. @param {string} text */
export function grouped(text) {
  return digitsOf(text)
    .slice(0, 19)
    .replace(/(.{4})(?=.)/g, '$1 ');
}

/** The check digit of ISO/IEC 7812. @param {string} digits */
export function luhn(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let value = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** The card's brand by its first digits, or ''. @param {string} number */
export function brandOf(number) {
  const digits = digitsOf(number);
  if (/^4/.test(digits)) return 'Visa';
  if (/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/.test(digits)) return 'Mastercard';
  if (/^3[47]/.test(digits)) return 'American Express';
  if (/^(6011|65|64[4-9])/.test(digits)) return 'Discover';
  if (/^(50|5[6-9]|6[37])/.test(digits)) return 'Maestro';
  if (/^(36|38|30[0-5])/.test(digits)) return 'Diners Club';
  if (/^35(2[89]|[3-8])/.test(digits)) return 'JCB';
  return '';
}

/** `1227` and `12/27` → `12/27`; a first digit above 1 gets its zero. @param {string} text */
export function expiryOf(text) {
  let digits = digitsOf(text).slice(0, 4);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`.slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

/** @param {string} name @returns {string} what is wrong, or '' */
export function nameError(name) {
  return name.trim() === '' ? 'Enter the name as it is printed on the card.' : '';
}

/** @param {string} number @returns {string} what is wrong, or '' */
export function numberError(number) {
  const digits = digitsOf(number);
  if (digits === '') return 'Enter the card number.';
  if (digits.length < 12) return 'The card number is too short.';
  return luhn(digits) ? '' : 'This card number has a typing error. Please check the digits.';
}

/**
 * @param {string} expiry MM/YY
 * @param {number} now epoch ms
 * @returns {string} what is wrong, or ''
 */
export function expiryError(expiry, now) {
  const match = /^(\d\d)\/(\d\d)$/.exec(expiry.trim());
  if (!match) return 'Enter the expiry date as MM/YY, for example 08/29.';
  const month = Number(match[1]);
  if (month < 1 || month > 12) return 'The month must be from 01 to 12.';
  // A card is good until the end of its month.
  return Date.UTC(2000 + Number(match[2]), month, 1) <= now ? 'This card has expired.' : '';
}

/** @param {string} cvc @param {string} number @returns {string} what is wrong, or '' */
export function cvcError(cvc, number) {
  const wanted = brandOf(number) === 'American Express' ? 4 : 3;
  const digits = digitsOf(cvc);
  if (digits.length === wanted || (digits.length === 4 && brandOf(number) === '')) return '';
  return `Enter the ${wanted} digits of the security code.`;
}
