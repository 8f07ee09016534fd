import assert from 'node:assert/strict';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const CODE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { getPriority } = require('node:os');
  const { readlinkSync } = require('node:fs');
  import(workerData).then(({ stepBack }) => {
    stepBack();
    parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))));
  });`;

test('a thread that steps back lets others go first, and stands alone in it', {
  skip: process.platform !== 'linux' && 'threads have priorities of their own on Linux only',
}, async () => {
  const before = getPriority();
  const worker = new Worker(CODE, {
    eval: true,
    workerData: new URL('./step-back.ts', import.meta.url).href,
  });
  const [priority] = await once(worker, 'message');
  await worker.terminate();
  // 19 is the lowest.
  assert.equal(priority, Math.min(19, before + 5));
  assert.equal(getPriority(), before);
});
