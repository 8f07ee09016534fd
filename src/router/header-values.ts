import type { Document } from '../engine/records/record.ts';
import { compile, type Expression, FeelJsonError, FeelSyntaxError, fromJson, toJson } from '../feel/index.ts';

/** A task header that gives no usable value; the message names the header and the remedy. */
export class HeaderError extends Error {}

/** What FEEL in headers sees. */
export interface HeaderScope {
  readonly variables: Document;
  /** Epoch ms. */
  readonly now: number;
}

/** The value of one task header, compiled once: text that stands as it is, or FEEL. */
export interface HeaderValue {
  readonly name: string;
  readonly source: string;
  /** Absent if the source stands as it is. */
  readonly expression?: Expression;
}

/** Longest duration that is accepted; longer ones are slips. */
const LONGEST_MS = 100 * 366 * 24 * 60 * 60 * 1000;

/** @throws HeaderError if it begins with `=` and is no FEEL */
export function headerValue(name: string, source: string): HeaderValue {
  if (!source.startsWith('=')) return { name, source };
  try {
    return { name, source, expression: compile(source.slice(1)) };
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    throw wrong({ name, source }, `does not parse: ${error.message}`);
  }
}

/** JSON text of what FEEL gives; undefined if the value is no FEEL. @throws HeaderError if it gives nothing */
export function feelJsonOf(value: HeaderValue, { variables, now }: HeaderScope): string | undefined {
  if (value.expression === undefined) return undefined;
  const get = (name: string) => {
    const json = variables.get(name);
    return json === undefined ? undefined : fromJson(json);
  };
  const result = value.expression.evaluate({ get }, { nowMs: () => now });
  if (!result.ok) throw wrong(value, `fails: ${result.message}`);
  try {
    return toJson(result.value);
  } catch (error) {
    if (error instanceof FeelJsonError) throw wrong(value, `fails: ${error.message}`);
    throw error;
  }
}

/** The value as text; FEEL must give a text, a number, a boolean, or a date, time or duration. @throws HeaderError */
export function textOf(value: HeaderValue, scope: HeaderScope): string {
  const json = feelJsonOf(value, scope);
  if (json === undefined) return value.source;
  if (json === 'null' || /^[[{]/.test(json)) throw wrong(value, `gives ${json}. Make it give a text.`);
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

/** ms of an ISO 8601 duration, more than none. @throws HeaderError */
export function durationOf(value: HeaderValue, scope: HeaderScope): number {
  const text = textOf(value, scope);
  const ms = isoMs(text);
  if (ms !== undefined && ms > 0 && ms <= LONGEST_MS) return Math.ceil(ms);
  const shown = value.expression ? `gives '${text}'` : 'is not that';
  throw wrong(
    value,
    `${shown}: it must be an ISO 8601 duration of days, hours, minutes and seconds. Write it like PT30S or P2D.`,
  );
}

function isoMs(text: string): number | undefined {
  try {
    return Temporal.Duration.from(text).total({ unit: 'milliseconds' });
  } catch {
    return undefined;
  }
}

/** A whole number from 1 to 1000. @throws HeaderError */
export function countOf(value: HeaderValue, scope: HeaderScope): number {
  const text = textOf(value, scope);
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 1000) return count;
  throw wrong(value, `must be a whole number from 1 to 1000. Set it to how often the job is tried in all.`);
}

/**
 * Pairs written `KEY=CODE, KEY=CODE`, or as a FEEL context whose values are texts. What stands before the last `=`
 * of a pair is its key.
 * @throws HeaderError
 */
export function pairsOf(value: HeaderValue, scope: HeaderScope): ReadonlyMap<string, string> {
  const json = feelJsonOf(value, scope);
  const given: unknown = json === undefined ? undefined : JSON.parse(json);
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    const pairs = Object.entries(given);
    const bad = pairs.find(([key, code]) => key === '' || typeof code !== 'string' || code === '');
    if (bad) throw wrong(value, `gives no text for '${bad[0]}'. Give each a BPMN error code.`);
    return new Map(pairs);
  }
  if (given !== undefined && typeof given !== 'string')
    throw wrong(value, `gives ${json}. Make it give a context, such as {"Payments.Refused": "REFUSED"}.`);
  const pairs = new Map<string, string>();
  for (const part of partsOf(given ?? value.source)) {
    const at = part.lastIndexOf('=');
    const key = part.slice(0, Math.max(0, at)).trim();
    const code = part.slice(at + 1).trim();
    if (key === '' || code === '')
      throw wrong(value, `holds '${part}', which is no KEY=CODE. Write it like Payments.Refused=REFUSED.`);
    if (pairs.has(key)) throw wrong(value, `holds '${key}' twice. Keep one code for it.`);
    pairs.set(key, code);
  }
  return pairs;
}

/** Items written `ITEM, ITEM`, or as a FEEL list of texts and numbers. @throws HeaderError */
export function itemsOf(value: HeaderValue, scope: HeaderScope): readonly string[] {
  const json = feelJsonOf(value, scope);
  const given: unknown = json === undefined ? value.source : JSON.parse(json);
  if (typeof given === 'string') return partsOf(given);
  const items = Array.isArray(given) ? given : [given];
  if (items.every((item) => typeof item === 'string' || typeof item === 'number')) return items.map(String);
  throw wrong(value, `gives ${json}. Make it give a list of texts.`);
}

function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The error of a header that is no use. `what` goes on after the header's name and value. */
export function wrong({ name, source }: HeaderValue, what: string): HeaderError {
  return new HeaderError(`The task header '${name}' is '${source}', which ${what}`);
}
