import type { CesqlError } from './cesql/errors.ts';

/** Stable codes of what can be wrong with a message that should hold a CloudEvent. */
export type CloudEventErrorCode =
  | 'missingAttribute'
  | 'invalidAttribute'
  | 'duplicateAttribute'
  | 'unsupportedVersion'
  | 'unsupportedMediaType'
  | 'invalidEncoding'
  | 'invalidJson'
  | 'invalidData'
  | 'attributesTooLarge'
  | 'batchTooLarge';

/** HTTP status with which a receiver refuses the message. */
export type CloudEventErrorStatus = 400 | 413 | 415;

const STATUS: Readonly<Record<CloudEventErrorCode, CloudEventErrorStatus>> = {
  missingAttribute: 400,
  invalidAttribute: 400,
  duplicateAttribute: 400,
  unsupportedVersion: 400,
  unsupportedMediaType: 415,
  invalidEncoding: 400,
  invalidJson: 400,
  invalidData: 400,
  attributesTooLarge: 413,
  batchTooLarge: 413,
};

/** Where the error was found: attribute name, and the position (from 0) within a batch. */
export interface CloudEventErrorPlace {
  readonly attribute?: string | undefined;
  readonly index?: number | undefined;
}

/** A message that is no valid CloudEvent. `rule` states the rule that is broken and the remedy. */
export class CloudEventError extends Error {
  override readonly name = 'CloudEventError';
  readonly code: CloudEventErrorCode;
  readonly status: CloudEventErrorStatus;
  readonly rule: string;
  readonly attribute: string | undefined;
  readonly index: number | undefined;

  constructor(code: CloudEventErrorCode, rule: string, place: CloudEventErrorPlace = {}) {
    const { attribute, index } = place;
    const where = [
      ...(index === undefined ? [] : [`event ${index} of the batch`]),
      ...(attribute === undefined ? [] : [`attribute ${shortName(attribute)}`]),
    ].join(', ');
    super(where === '' ? rule : `${where}: ${rule}`);
    this.code = code;
    this.status = STATUS[code];
    this.rule = rule;
    this.attribute = attribute;
    this.index = index;
  }

  /** The same error, placed at a position (from 0) of a batch. */
  inBatch(index: number): CloudEventError {
    return new CloudEventError(this.code, this.rule, { attribute: this.attribute, index });
  }
}

function shortName(name: string): string {
  return /^[A-Za-z0-9_-]{1,60}$/.test(name) ? `'${name}'` : excerpt(name);
}

/** Stable codes of what can be wrong with a filter of a subscription. */
export type FilterErrorCode = 'invalidFilter' | 'unsupportedDialect';

/** A filter that cannot be used. `path` names the place in the JSON, such as `filters[0].any[1].exact`. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly code: FilterErrorCode;
  readonly path: string;
  readonly rule: string;
  /** What is wrong with the CESQL expression at `path`, if the place holds one; `rule` says the same in one line. */
  readonly cesql: CesqlError | undefined;

  constructor(code: FilterErrorCode, path: string, rule: string, cesql?: CesqlError) {
    super(`${path}: ${rule}`);
    this.code = code;
    this.path = path;
    this.rule = rule;
    this.cesql = cesql;
  }
}

/** The start of a hostile or long text, quoted for a message. */
export function excerpt(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short.toWellFormed());
}
