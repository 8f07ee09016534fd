import { fileURLToPath } from 'node:url';
import {
  loadPackageDefinition,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

/** The protocol as the server offers it. Keys and times are numbers; an enum is the name of its value. */
export const packageDefinition: PackageDefinition = loadSync(
  fileURLToPath(new URL('./gateway.proto', import.meta.url)),
  { keepCase: true, longs: Number, enums: String, defaults: true },
);

/** Name of the one service. */
export const GATEWAY = 'gateway_protocol.Gateway';

export const gatewayService: ServiceDefinition = gatewayOf(packageDefinition).service;

function gatewayOf(definition: PackageDefinition): ServiceClientConstructor {
  const { gateway_protocol } = loadPackageDefinition(definition);
  return (gateway_protocol as { readonly Gateway: ServiceClientConstructor }).Gateway;
}

/** A request as it arrives: every field is there, with proto3's empty value if it was not sent. */
export type Message = Readonly<Record<string, unknown>>;

export type UnaryCall = ServerUnaryCall<Message, Message>;
export type StreamCall = ServerWritableStream<Message, Message>;
