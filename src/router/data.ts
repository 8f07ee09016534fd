import { encodeBase64 } from '../cloudevents/base64.ts';
import { type CloudEvent, CloudEventError, dataAsJsonText } from '../cloudevents/index.ts';
import { JsonScanner } from '../cloudevents/json.ts';
import type { Document } from '../engine/records/record.ts';

/** Variables made of an event's data, or why there are none. */
export type VariablesOrReason =
  | { readonly ok: true; readonly variables: Document }
  | { readonly ok: false; readonly reason: string };

const none: Document = new Map();

/**
 * The members of a JSON object, each as its exact JSON text; of a repeated member the last one.
 * Undefined if the text is no JSON object.
 */
export function documentOf(text: string): Document | undefined {
  const scanner = new JsonScanner(text);
  try {
    if (!scanner.take('{')) return undefined;
    const members = new Map<string, string>();
    if (!scanner.take('}')) {
      do {
        const name = scanner.readString();
        scanner.expect(':');
        members.set(name, scanner.readSource());
      } while (scanner.take(','));
      scanner.expect('}');
    }
    scanner.expectEnd();
    return members;
  } catch (error) {
    if (error instanceof CloudEventError) return undefined;
    throw error;
  }
}

/** The JSON text of a document. */
export function documentText(document: Document): string {
  const members = [...document].map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  return `{${members.join(',')}}`;
}

/** How the data of events become variables. */
export interface DataSettings {
  /** A JSON string that itself holds a JSON object counts as that object: senders of 2020 encode twice. */
  readonly unwrap: boolean;
  /** The variable that takes data which are no JSON, as base64. Without it, such data cannot be used. */
  readonly binaryVariable?: string;
}

/** Says which variables one use of an event gets; without any of it, the members of the data object. */
export interface VariableNames {
  /** Takes the data as they are, also data that are no object. */
  readonly resultVariable?: string;
}

export const DEFAULT_DATA: DataSettings = { unwrap: true };
const SPREAD: VariableNames = {};

/**
 * Variables of an event: its data must be a JSON object, unless a variable takes them whole; no data and `null` mean
 * no variables.
 */
export function variablesOf(
  event: CloudEvent,
  settings: DataSettings = DEFAULT_DATA,
  { resultVariable }: VariableNames = SPREAD,
): VariablesOrReason {
  if (event.data === undefined || event.data.length === 0)
    return { ok: true, variables: resultVariable === undefined ? none : new Map([[resultVariable, 'null']]) };
  const text = dataAsJsonText(event);
  if (text === undefined) {
    const name = resultVariable ?? settings.binaryVariable;
    if (settings.binaryVariable !== undefined && name !== undefined)
      return { ok: true, variables: new Map([[name, JSON.stringify(encodeBase64(event.data))]]) };
    return {
      ok: false,
      reason:
        'The data is not JSON. Send a JSON object with datacontenttype application/json, or set binaryVariable.',
    };
  }
  const inner = settings.unwrap ? innerJsonText(text) : undefined;
  if (resultVariable !== undefined)
    return { ok: true, variables: new Map([[resultVariable, inner ?? text]]) };
  const variables = documentOf(inner ?? text);
  if (variables) return { ok: true, variables };
  if (text.trim() === 'null') return { ok: true, variables: none };
  return {
    ok: false,
    reason: 'The data is JSON, but not an object, so it has no variables to set. Send a JSON object.',
  };
}

/** The JSON object that stands as text in a JSON string; undefined for any other JSON. */
export function innerJsonText(text: string): string | undefined {
  if (!text.trimStart().startsWith('"')) return undefined;
  const inner: unknown = JSON.parse(text);
  return typeof inner === 'string' && documentOf(inner) ? inner : undefined;
}
