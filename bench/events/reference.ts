/**
 * What Tutti is compared with: a bare `node:http` server that answers 202, and the same with group commit of the raw
 * bodies to SQLite. Run as a child: `node reference.ts bare` or `node reference.ts synced FOLDER`; tells its port by IPC.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const [kind, folder] = process.argv.slice(2);
const taken = kind === 'synced' ? groupCommit(join(folder ?? '.', 'reference.db')) : answer;

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => taken(response, parts));
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());

function answer(response: ServerResponse): void {
  response.writeHead(202, { 'content-length': '0' }).end();
}

/** One row an event; all that came during a commit goes into the next. */
function groupCommit(file: string): (response: ServerResponse, parts: readonly Buffer[]) => void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  db.exec('CREATE TABLE event (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO event (body) VALUES (?)');
  let waiting: { readonly response: ServerResponse; readonly body: Buffer }[] = [];
  const commit = (): void => {
    const batch = waiting;
    waiting = [];
    db.exec('BEGIN IMMEDIATE');
    for (const { body } of batch) insert.run(body);
    db.exec('COMMIT');
    for (const { response } of batch) answer(response);
  };
  return (response, parts) => {
    if (waiting.length === 0) setImmediate(commit);
    waiting.push({ response, body: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts) });
  };
}
