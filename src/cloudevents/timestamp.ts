const TIMESTAMP = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ZERO = 0x30;
const LETTER = 0x40;

/** True if the text is a date and time of RFC 3339, with a day that exists. A leap second is accepted. */
export function isTimestamp(text: string): boolean {
  if (!TIMESTAMP.test(text)) return false;
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined || day < 1 || day > days) return false;
  if (month === 2 && day === 29 && !isLeapYear(Number(text.slice(0, 4)))) return false;
  if (twoDigits(text, 11) > 23 || twoDigits(text, 14) > 59 || twoDigits(text, 17) > 60) return false;
  const end = text.length;
  // It ends with the letter Z, or with an offset as +01:00.
  if (text.charCodeAt(end - 1) > LETTER) return true;
  return twoDigits(text, end - 5) <= 23 && twoDigits(text, end - 2) <= 59;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
