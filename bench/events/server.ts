/** Tutti as a child: `node server.ts FOLDER`; tells its address by IPC, and ends when its parent lets go. */
import { startTutti } from '../../src/tutti.ts';

const [folder] = process.argv.slice(2);
const tutti = await startTutti({
  data: folder ?? '',
  http: 0,
  grpc: 0,
  writerThread: process.env['BENCH_WRITER_THREAD'] !== 'no',
  log: (line) => {
    if (line.level !== 'info') console.error(line);
  },
});
process.on('disconnect', () => void tutti.close().then(() => process.exit()));
process.send?.({ url: tutti.addresses.http, pid: process.pid });
