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

/**
 * Variables of an event: its data must be a JSON object; no data and `null` mean no variables. A JSON string that
 * itself holds a JSON object is unwrapped once, as the senders of 2020 encoded their data twice.
 */
export function variablesOf(event: CloudEvent): VariablesOrReason {
  if (event.data === undefined || event.data.length === 0) return { ok: true, variables: none };
  const text = dataAsJsonText(event);
  if (text === undefined) {
    return {
      ok: false,
      reason: 'The data is not JSON. Send a JSON object with datacontenttype application/json.',
    };
  }
  const variables = documentOf(text) ?? unwrapped(text);
  if (variables) return { ok: true, variables };
  if (text.trim() === 'null') return { ok: true, variables: none };
  return {
    ok: false,
    reason: 'The data is JSON, but not an object, so it has no variables to set. Send a JSON object.',
  };
}

function unwrapped(text: string): Document | undefined {
  if (!text.trimStart().startsWith('"')) return undefined;
  const inner: unknown = JSON.parse(text);
  return typeof inner === 'string' ? documentOf(inner) : undefined;
}
