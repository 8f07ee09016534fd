/** A calendar date. */
export class FeelDate {
  readonly kind = 'date';
  readonly value: Temporal.PlainDate;

  constructor(value: Temporal.PlainDate) {
    this.value = value;
  }

  toString(): string {
    return dateText(this.value);
  }

  toIso(): string {
    return dateText(this.value);
  }
}

/** A time of day: local, at an offset, or at a named zone (which then also has its standard offset). */
export class FeelTime {
  readonly kind = 'time';
  readonly value: Temporal.PlainTime;
  /** Seconds east of UTC; undefined for a local time. */
  readonly offset: number | undefined;
  readonly zone: string | undefined;

  constructor(value: Temporal.PlainTime, offset?: number, zone?: string) {
    this.value = value;
    this.offset = offset;
    this.zone = zone;
  }

  /** Nanoseconds since midnight UTC (local times: since midnight). */
  get nanos(): number {
    const { hour, minute, second, millisecond, microsecond, nanosecond } = this.value;
    const seconds = hour * 3600 + minute * 60 + second - (this.offset ?? 0);
    return seconds * 1e9 + millisecond * 1e6 + microsecond * 1e3 + nanosecond;
  }

  /** FEEL's text: `10:30:00`, `10:30:00+02:00`, `10:30:00@Europe/Berlin`. */
  toString(): string {
    const time = feelTime(this.value);
    if (this.zone !== undefined) return `${time}@${this.zone}`;
    return this.offset === undefined ? time : time + offsetText(this.offset);
  }

  /** The text that Zeebe stores: a local time without seconds that are zero. */
  toIso(): string {
    return this.offset === undefined ? javaTime(this.value) : this.toString();
  }
}

/** A date with time: local (`PlainDateTime`), or at an offset or a named zone (`ZonedDateTime`). */
export class FeelDateTime {
  readonly kind = 'date and time';
  readonly value: Temporal.PlainDateTime | Temporal.ZonedDateTime;

  constructor(value: Temporal.PlainDateTime | Temporal.ZonedDateTime) {
    this.value = value;
  }

  get date(): Temporal.PlainDate {
    return this.value.toPlainDate();
  }

  get time(): Temporal.PlainTime {
    return this.value.toPlainTime();
  }

  get local(): Temporal.PlainDateTime {
    return this.value instanceof Temporal.ZonedDateTime ? this.value.toPlainDateTime() : this.value;
  }

  /** Set unless the value is local. */
  get zoned(): Temporal.ZonedDateTime | undefined {
    return this.value instanceof Temporal.ZonedDateTime ? this.value : undefined;
  }

  /** Seconds east of UTC; undefined if local. */
  get offset(): number | undefined {
    return this.zoned === undefined ? undefined : this.zoned.offsetNanoseconds / 1e9;
  }

  /** The named zone, if there is one (a mere offset is none). */
  get zone(): string | undefined {
    const id = this.zoned?.timeZoneId;
    return id === undefined || /^[+-]/.test(id) ? undefined : id;
  }

  /** Milliseconds since the epoch; a local value is taken as UTC. */
  get epochMs(): number {
    return (this.zoned ?? this.local.toZonedDateTime('UTC')).epochMilliseconds;
  }

  /** Nanoseconds since the epoch; a local value is taken as UTC. */
  get epochNanos(): bigint {
    return (this.zoned ?? this.local.toZonedDateTime('UTC')).epochNanoseconds;
  }

  /** FEEL's text: `2024-01-31T10:00:00Z`, `…@Europe/Berlin`. */
  toString(): string {
    const text = `${dateText(this.date)}T${feelTime(this.time)}`;
    if (this.zone !== undefined) return `${text}@${this.zone}`;
    return this.offset === undefined ? text : text + offsetText(this.offset);
  }

  /** The text that Zeebe stores: `2024-01-31T10:00+01:00[Europe/Berlin]`. */
  toIso(): string {
    const text = `${dateText(this.date)}T${javaTime(this.time)}`;
    if (this.offset === undefined) return text;
    return text + offsetText(this.offset) + (this.zone === undefined ? '' : `[${this.zone}]`);
  }
}

function dateText(date: Temporal.PlainDate): string {
  const year = Math.abs(date.year);
  const sign = date.year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${String(year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}

function feelTime(time: Temporal.PlainTime): string {
  return `${two(time.hour)}:${two(time.minute)}:${two(time.second)}${fraction(time).replace(/0+$/, '').replace(/^\.$/, '')}`;
}

/** Java's LocalTime text: no seconds if they are zero, fractions in groups of three digits. */
function javaTime(time: Temporal.PlainTime): string {
  const digits = fraction(time);
  const cut = digits.endsWith('000000')
    ? digits.slice(0, 4)
    : digits.endsWith('000')
      ? digits.slice(0, 7)
      : digits;
  const fractional = digits === '.000000000' ? '' : cut;
  const short = `${two(time.hour)}:${two(time.minute)}`;
  return time.second === 0 && fractional === '' ? short : `${short}:${two(time.second)}${fractional}`;
}

function fraction(time: Temporal.PlainTime): string {
  const nanos = time.millisecond * 1e6 + time.microsecond * 1e3 + time.nanosecond;
  return `.${String(nanos).padStart(9, '0')}`;
}

export function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const rest = size % 60;
  const text = `${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${text}${rest === 0 ? '' : `:${two(rest)}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
