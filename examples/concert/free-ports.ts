import { createServer, type Server } from 'node:net';

/** Ports of the loopback that nobody listens on now; all are held at once, so that they differ. */
export async function freePorts<Count extends number>(count: Count): Promise<Tuple<Count>> {
  const servers: Server[] = [];
  const ports: number[] = [];
  for (let n = 0; n < count; n++) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address) ports.push(address.port);
    servers.push(server);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as Tuple<Count>;
}

type Tuple<Count extends number, Done extends number[] = []> = Done['length'] extends Count
  ? Done
  : Tuple<Count, [...Done, number]>;
