import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';

const main = resolve(import.meta.dirname, '../../examples/concert/load/main.ts');

test('R23: a sale to simulated customers, who buy, leave and run out of time, holds all its checks', async () => {
  const { code, output } = await run('--customers', '40', '--tickets', '24', '--rate', '20', '--seed', '7');
  assert.equal(code, 0, output);
  assert.match(output, /tickets sold +\d+ of 24/);
  assert.doesNotMatch(output, /BROKEN/);
});

test('a sale with a wrong option is refused with the usage', async () => {
  const { code, output } = await run('--customers', 'many');
  assert.equal(code, 2);
  assert.match(output, /--customers must be a whole number/);
});

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, output };
}
