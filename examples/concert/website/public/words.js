/** Numbers, money and lengths of time in words. */

const counts = new Intl.NumberFormat('en');

/** @param {number} value */
export function count(value) {
  return counts.format(value);
}

/** @param {number} amount @param {string} currency ISO 4217 */
export function money(amount, currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}

/** @param {number} seconds */
export function roughly(seconds) {
  if (seconds < 45) return 'less than a minute';
  if (seconds < 90) return 'about a minute';
  if (seconds < 90 * 60) return `about ${counts.format(Math.round(seconds / 60))} minutes`;
  const hours = Math.round(seconds / 3600);
  return hours < 36 ? `about ${hours} hours` : `about ${counts.format(Math.round(hours / 24))} days`;
}

/** 125 → `2:05`; never below zero. @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** @param {number} seconds */
export function spoken(seconds) {
  if (seconds < 60) return `${seconds} seconds`;
  const whole = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const first = whole === 1 ? '1 minute' : `${whole} minutes`;
  return rest === 0 ? first : `${first} ${rest} seconds`;
}

/** @param {number} quantity */
export function ticketCount(quantity) {
  return quantity === 1 ? '1 ticket' : `${counts.format(quantity)} tickets`;
}
