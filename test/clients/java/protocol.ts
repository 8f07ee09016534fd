import { packageDefinition } from '../../../src/gateway/grpc/protocol.ts';

interface MessageType {
  readonly name: string;
  readonly field: readonly { readonly name: string; readonly number: number }[];
  readonly nestedType: readonly MessageType[];
}

/** Calls and fields of the server's protocol, as `Protocol.java` prints those of the clients. */
export function protocolLines(): Set<string> {
  const lines = new Set<string>();
  for (const [path, definition] of Object.entries(packageDefinition)) {
    // Messages inside others are named by those.
    if (path.split('.').length !== 2) continue;
    if ('format' in definition) addFields(lines, '', definition.type as unknown as MessageType);
    else for (const call of Object.keys(definition)) lines.add(call);
  }
  return lines;
}

function addFields(lines: Set<string>, around: string, message: MessageType): void {
  const name = around + message.name;
  for (const field of message.field ?? []) lines.add(`${name}.${field.name} = ${field.number}`);
  for (const nested of message.nestedType ?? []) addFields(lines, `${name}.`, nested);
}
