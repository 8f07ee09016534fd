import { JsonScanner } from '../cloudevents/json.ts';
import { GatewayError } from './errors.ts';

/** Reading and writing JSON without touching the numbers of what only passes through. */

/** A JSON text that is written as it is. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON text of a value; maps are objects whose values are JSON texts already. */
export function toJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (value instanceof Map) return documentText(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** A document (names with exact JSON texts) as one JSON object. */
export function documentText(document: ReadonlyMap<string, string>): string {
  return `{${Array.from(document, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/**
 * Members of a JSON object with their exact texts; of a repeated name the last one counts.
 * Undefined if the text is JSON but no object; throws a `GatewayError` if it is no JSON.
 */
export function objectMembers(text: string): Map<string, string> | undefined {
  const scanner = new JsonScanner(text);
  try {
    if (!scanner.take('{')) {
      scanner.skipValue();
      scanner.expectEnd();
      return undefined;
    }
    const members = new Map<string, string>();
    if (!scanner.take('}')) {
      do {
        const name = scanner.readString();
        scanner.expect(':');
        members.delete(name);
        members.set(name, scanner.readSource());
      } while (scanner.take(','));
      scanner.expect('}');
    }
    scanner.expectEnd();
    return members;
  } catch (error) {
    throw new GatewayError(
      'BAD_REQUEST',
      `The request body is not valid: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Exact texts of the items of a JSON array; undefined if the text is JSON but no array. */
export function arrayItems(text: string): string[] | undefined {
  const scanner = new JsonScanner(text);
  try {
    if (!scanner.take('[')) return undefined;
    const items: string[] = [];
    if (scanner.take(']')) return items;
    do items.push(scanner.readSource());
    while (scanner.take(','));
    scanner.expect(']');
    return items;
  } catch (error) {
    throw new GatewayError(
      'BAD_REQUEST',
      `The request body is not valid: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Bytes as text; refuses what is no UTF-8. */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GatewayError('BAD_REQUEST', 'The request body is not UTF-8; send JSON in UTF-8.');
  }
}
