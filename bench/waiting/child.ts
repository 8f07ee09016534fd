/**
 * A child of main.ts: `node child.ts FOLDER fill COUNT FROM`, or `node child.ts FOLDER onetask|message SECONDS FROM STEP COUNT`.
 * Tells what it measured as one line of JSON.
 */
import type { ActivatedJobs } from '../../src/engine/commands/activate-jobs.ts';
import type { Answer } from '../../src/engine/records/command.ts';
import type { Ask, Client } from '../workloads.ts';
import { loop, openWriter } from '../writer.ts';
import { creation, KINDS, MODEL, payment } from './model.ts';

const CONCURRENCY = 64;
const [folder = '', task, ...rest] = process.argv.slice(2);
const [amount = 0, from = 0, step = 1, count = 1] = rest.map(Number);

const writer = await openWriter(folder, MODEL);
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
let done = 0;
switch (task) {
  case 'fill':
    ({ instances: done } = await loop(
      writer,
      (n) => one(creation(KINDS[n % KINDS.length] ?? 'job', from + n)),
      256,
      (n) => n >= amount - 256,
    ));
    break;
  case 'onetask':
    ({ instances: done } = await loop(
      writer,
      (n) => oneTask(from + n),
      CONCURRENCY,
      () => seconds() > amount,
    ));
    break;
  case 'message':
    // Every third instance waits for a message; they are met in no order.
    ({ instances: done } = await loop(
      writer,
      (n) => one(payment((((from + n) * step) % Math.floor(count / KINDS.length)) * KINDS.length)),
      CONCURRENCY,
      () => seconds() > amount,
    ));
    break;
  default:
    throw new Error(`what is ${task}?`);
}
const took = seconds();
const { rss } = process.memoryUsage();
await writer.close();
console.log(JSON.stringify({ done, perSecond: done / took, seconds: took, rss }));

function* one(body: Ask extends { body: infer Body } ? Body : never): Client {
  yield { kind: 'command', body } as Ask;
}

function* oneTask(number: number): Client {
  yield { kind: 'command', body: creation('onetask', number) };
  const request = {
    type: 'work',
    worker: 'bench',
    timeout: 60_000,
    maxJobsToActivate: 1,
    fetchVariables: [],
  };
  const answer: Answer = yield { kind: 'activate', body: { request, wait: true } };
  const [job] = answer.kind === 'accepted' ? (answer.value as ActivatedJobs).jobs : [];
  if (!job) throw new Error('no job for a client whose instance waits');
  yield {
    kind: 'command',
    body: { valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables: new Map() } },
  };
}
