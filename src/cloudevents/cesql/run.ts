import type { Attributes } from '../attributes.ts';
import { type CesqlError, type CesqlErrorKind, positionAt } from './errors.ts';
import { nearest } from './suggest.ts';
import { castFailure, type Type, type Value } from './values.ts';

/** Errors that one evaluation lists; further ones are only counted. */
const MAX_ERRORS = 100;
const CORE = ['id', 'source', 'type', 'subject', 'time', 'specversion', 'datacontenttype', 'dataschema'];

/** One evaluation of one expression on one event. */
export class Run {
  readonly attributes: Attributes;
  /** Errors so far. Operations compare it to learn whether an operand failed. */
  failures = 0;
  /** Undefined if nobody asks for the errors: then no text is made. */
  readonly errors: CesqlError[] | undefined;
  readonly #source: string;

  constructor(source: string, attributes: Attributes, errors: CesqlError[] | undefined) {
    this.#source = source;
    this.attributes = attributes;
    this.errors = errors;
  }

  fail(kind: CesqlErrorKind, offset: number, message: string): void {
    this.failures++;
    if (this.errors === undefined || this.errors.length >= MAX_ERRORS) return;
    this.errors.push({ kind, message, position: positionAt(this.#source, offset) });
  }

  failCast(value: Value, type: Type, offset: number, remedy = ''): void {
    this.fail('cast', offset, this.errors ? `${castFailure(value, type)}${remedy}` : '');
  }

  failMissing(name: string, offset: number): void {
    this.fail('missingAttribute', offset, this.errors ? this.#missing(name) : '');
  }

  #missing(name: string): string {
    if (name === 'null') return 'CESQL has no NULL; write EXISTS name to ask whether an attribute is there';
    const meant = nearest(name, new Set([...this.attributes.keys(), ...CORE]));
    return meant === undefined || meant === name
      ? `the event has no attribute ${name}`
      : `the event has no attribute ${name}; did you mean ${meant}?`;
  }
}
