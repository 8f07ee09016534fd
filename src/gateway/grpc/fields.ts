import { JsonScanner } from '../../cloudevents/json.ts';
import type { Document } from '../../engine/records/record.ts';
import { GatewayError } from '../errors.ts';
import type { Message } from './protocol.ts';

/** Reading the fields of requests, with the refusals that Zeebe's gateway gives. */

/** Bits of a key below the number of its partition. */
const PARTITION_SHIFT = 2 ** 51;
const PARTITION = 1;

export function text(request: Message, name: string): string {
  return request[name] as string;
}

export function number(request: Message, name: string): number {
  return request[name] as number;
}

export function texts(request: Message, name: string): readonly string[] {
  return request[name] as readonly string[];
}

export function messages(request: Message, name: string): readonly Message[] {
  return request[name] as readonly Message[];
}

/** A nested message, if it was sent. */
export function message(request: Message, name: string): Message | undefined {
  return (request[name] as Message | null | undefined) ?? undefined;
}

/** A key of an entity that exists, or existed, in this engine; its number tells the partition that is asked. */
export function key(request: Message, name: string): number {
  const value = number(request, name);
  const partition = Math.floor(value / PARTITION_SHIFT);
  if (partition === PARTITION) return value;
  throw new GatewayError(
    'UNAVAILABLE',
    `Expected to execute command on partition ${partition}, but either it does not exist, or the gateway is not yet aware of it`,
  );
}

/** The only tenant there is. */
export function tenant(rpc: string, request: Message): void {
  refuseTenants(rpc, [text(request, 'tenantId')]);
}

export function tenants(rpc: string, request: Message): void {
  refuseTenants(rpc, texts(request, 'tenantIds'));
}

function refuseTenants(rpc: string, ids: readonly string[]): void {
  const other = ids.find((id) => id !== '' && id !== '<default>');
  if (other === undefined) return;
  throw new GatewayError(
    'INVALID_ARGUMENT',
    `Expected to handle gRPC request ${rpc} with tenant identifier '${other}', but multi-tenancy is disabled`,
  );
}

/**
 * A JSON object whose members keep their exact texts; empty if the field is empty or `null`. As in Zeebe, what follows
 * the object is not looked at.
 */
export function document(request: Message, name = 'variables'): Document {
  const json = text(request, name);
  if (json === '') return new Map();
  const scanner = new JsonScanner(json);
  try {
    if (scanner.take('{')) return readMembers(scanner);
    scanner.skipValue();
  } catch {
    throw invalidJson(json, scanner.at);
  }
  const kind = kindOf(json.trimStart());
  if (kind === 'NIL') return new Map();
  throw new GatewayError(
    'INVALID_ARGUMENT',
    `Property '${name}' is invalid: Expected document to be a root level object, but was '${kind}'`,
  );
}

function readMembers(scanner: JsonScanner): Document {
  const members = new Map<string, string>();
  if (scanner.take('}')) return members;
  do {
    const member = scanner.readString();
    scanner.expect(':');
    members.delete(member);
    members.set(member, scanner.readSource());
  } while (scanner.take(','));
  scanner.expect('}');
  return members;
}

function invalidJson(json: string, at: number): GatewayError {
  const before = json.slice(0, at + 1).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new GatewayError(
    'INVALID_ARGUMENT',
    `Invalid JSON value: ${json}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${before.length}, column: ${column}]`,
  );
}

/** The kind of a valid JSON value, by the names of MessagePack that Zeebe shows. */
function kindOf(json: string): string {
  switch (json.charAt(0)) {
    case '[':
      return 'ARRAY';
    case '"':
      return 'STRING';
    case 't':
    case 'f':
      return 'BOOLEAN';
    case 'n':
      return 'NIL';
    default:
      return /^-?\d+(?![\d.eE])/.test(json) ? 'INTEGER' : 'FLOAT';
  }
}
