const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;
/** Java's Duration counts seconds in 64 bits. */
const MAX_NANOS = (1n << 63n) * NANOS_PER_SECOND;

/** A days-and-time duration, exact to the nanosecond. Immutable. */
export class FeelDaysTimeDuration {
  readonly kind = 'days and time duration';
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    if (nanoseconds >= MAX_NANOS || nanoseconds <= -MAX_NANOS) throw new RangeError('duration out of range');
    this.nanoseconds = nanoseconds;
  }

  /** Reads `P1DT2H3M4.5S`, with signs before the P or before a part; undefined for any other text. */
  static parse(text: string): FeelDaysTimeDuration | undefined {
    const match =
      /^([+-]?)P(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:[.,](\d{0,9}))?S)?)?$/i.exec(
        text,
      );
    if (match === null || text.length > 100 || !/[\d.,][DHMS]$/i.test(text)) return undefined;
    const part = (index: number): bigint => BigInt((match[index] ?? '0').replace('+', ''));
    const fraction = BigInt((match[7] ?? '').padEnd(9, '0'));
    const seconds = (match[5] === '-' ? -1n : 1n) * (part(6) * NANOS_PER_SECOND + fraction);
    const total = part(2) * NANOS_PER_DAY + (part(3) * 3600n + part(4) * 60n) * NANOS_PER_SECOND + seconds;
    return new FeelDaysTimeDuration(match[1] === '-' ? -total : total);
  }

  /** Whole milliseconds, rounded down. */
  get milliseconds(): bigint {
    const quotient = this.nanoseconds / 1_000_000n;
    return this.nanoseconds < 0n && this.nanoseconds % 1_000_000n !== 0n ? quotient - 1n : quotient;
  }

  /** As a `Temporal.Duration` of seconds and below (for adding to dates). */
  toTemporal(): Temporal.Duration {
    return Temporal.Duration.from({
      seconds: Number(this.nanoseconds / NANOS_PER_SECOND),
      nanoseconds: Number(this.nanoseconds % NANOS_PER_SECOND),
    });
  }

  negate(): FeelDaysTimeDuration {
    return new FeelDaysTimeDuration(-this.nanoseconds);
  }

  /** The parts that FEEL shows, each with the sign of the whole. */
  get parts(): { days: bigint; hours: bigint; minutes: bigint; seconds: bigint; nanos: bigint } {
    const seconds = this.nanoseconds / NANOS_PER_SECOND;
    return {
      days: seconds / 86_400n,
      hours: (seconds / 3600n) % 24n,
      minutes: (seconds / 60n) % 60n,
      seconds: seconds % 60n,
      nanos: this.nanoseconds % NANOS_PER_SECOND,
    };
  }

  /** FEEL's text: `P1DT2H3M4S`, without fractions of a second (as Camunda). */
  toString(): string {
    const { days, hours, minutes, seconds } = this.parts;
    if (days === 0n && hours === 0n && minutes === 0n && seconds === 0n) return 'P0D';
    const show = (value: bigint, unit: string): string =>
      value === 0n ? '' : `${value < 0n ? -value : value}${unit}`;
    const time = show(hours, 'H') + show(minutes, 'M') + show(seconds, 'S');
    return `${this.nanoseconds < 0n ? '-' : ''}P${show(days, 'D')}${time === '' ? '' : `T${time}`}`;
  }

  /** ISO text as Java writes it and Zeebe stores it: hours are not carried into days (`PT696H`). */
  toIso(): string {
    if (this.nanoseconds === 0n) return 'PT0S';
    const { seconds, minutes, nanos } = this.parts;
    const hours = this.nanoseconds / (3600n * NANOS_PER_SECOND);
    const show = (value: bigint, unit: string): string => (value === 0n ? '' : `${value}${unit}`);
    const digits =
      nanos === 0n
        ? ''
        : `.${String(nanos < 0n ? -nanos : nanos)
            .padStart(9, '0')
            .replace(/0+$/, '')}`;
    const sign = seconds === 0n && nanos < 0n ? '-' : '';
    const rest = seconds === 0n && nanos === 0n ? '' : `${sign}${seconds}${digits}S`;
    return `PT${show(hours, 'H')}${show(minutes, 'M')}${rest}`;
  }
}

/** A years-and-months duration, in months. Immutable. */
export class FeelYearsMonthsDuration {
  readonly kind = 'years and months duration';
  readonly months: number;

  /** `months` is a safe integer. */
  constructor(months: number) {
    if (!Number.isSafeInteger(months)) throw new RangeError('duration out of range');
    this.months = months === 0 ? 0 : months;
  }

  /** Reads `P1Y2M`, with signs before the P or before a part; undefined for any other text. */
  static parse(text: string): FeelYearsMonthsDuration | undefined {
    const match = /^(-?)P(?:(-?\d{1,10})Y)?(?:(-?\d{1,10})M)?$/.exec(text);
    if (match === null || (match[2] === undefined && match[3] === undefined)) return undefined;
    const months = Number(match[2] ?? 0) * 12 + Number(match[3] ?? 0);
    return new FeelYearsMonthsDuration(match[1] === '-' ? -months : months);
  }

  get parts(): { years: number; months: number } {
    return { years: Math.trunc(this.months / 12) || 0, months: this.months % 12 || 0 };
  }

  toTemporal(): Temporal.Duration {
    return Temporal.Duration.from({ months: this.months });
  }

  negate(): FeelYearsMonthsDuration {
    return new FeelYearsMonthsDuration(-this.months);
  }

  /** FEEL's text: `P1Y2M`, `-P3M`, `P0Y`. */
  toString(): string {
    if (this.months === 0) return 'P0Y';
    const { years, months } = this.parts;
    const show = (value: number, unit: string): string => (value === 0 ? '' : `${Math.abs(value)}${unit}`);
    return `${this.months < 0 ? '-' : ''}P${show(years, 'Y')}${show(months, 'M')}`;
  }

  /** ISO text as Java writes it and Zeebe stores it: `P1Y2M`, `P-3M`, `P0D`. */
  toIso(): string {
    if (this.months === 0) return 'P0D';
    const { years, months } = this.parts;
    const show = (value: number, unit: string): string => (value === 0 ? '' : `${value}${unit}`);
    return `P${show(years, 'Y')}${show(months, 'M')}`;
  }
}
