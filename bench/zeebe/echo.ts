/** A bare server of grpc-js that answers at once: what the protocol alone takes. A child of main.ts; it ends with it. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { gatewayService } from '../../src/gateway/grpc/protocol.ts';

const server = new Server();
server.addService(gatewayService, {
  CompleteJob: (_call: unknown, answer: (error: null, response: object) => void) => answer(null, {}),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ address: `127.0.0.1:${port}` });
});
process.once('disconnect', () => server.forceShutdown());
