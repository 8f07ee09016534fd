import { Server, ServerCredentials } from '@grpc/grpc-js';

/** The open gRPC port. */
export interface GrpcGateway {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens the port of Zeebe's gRPC protocol. No service is offered on it yet: every call is answered UNIMPLEMENTED, so
 * a client learns at once that it must use REST.
 * @throws an Error with code EADDRINUSE if the port is in use
 */
export async function startGrpc(host: string, port: number): Promise<GrpcGateway> {
  const server = new Server();
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, actual) => {
      if (error) reject(/EADDRINUSE/.test(error.message) ? portInUse(host, port) : error);
      else resolve(actual);
    });
  });
  return {
    port: bound,
    close: async () => server.forceShutdown(),
  };
}

/** As Node tells it of other servers. */
function portInUse(host: string, port: number): Error {
  const error = new Error(`listen EADDRINUSE: address already in use ${host}:${port}`);
  return Object.assign(error, { code: 'EADDRINUSE', address: host, port });
}
