import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { steps } from '../../examples/concert/steps.ts';
import { choreograph } from '../../examples/concert/wiring.ts';
import { type ProcessGraph, parseBpmn } from '../../src/bpmn/index.ts';

const concert = resolve(import.meta.dirname, '../../examples/concert');

test('R19: each event of the vocabulary has a producer and a consumer', async () => {
  const { sent, awaited, toHosts } = await process();
  const emitted = typesEmittedBy('services', 'website');
  const at = (name: string): string => `http://${name}`;
  const addresses = {
    tutti: at('tutti'),
    tickets: at('tickets'),
    payments: at('payments'),
    website: at('website'),
  };
  const wired = new Set(choreograph(addresses).flatMap(({ types }) => types));
  const vocabulary = [
    ...readFileSync(join(concert, 'CONTRACT.md'), 'utf8').matchAll(/^\| `(\w+\.\w+)` \|/gm),
  ].map(([, type]) => type ?? '');
  assert.equal(vocabulary.length, 18);
  for (const type of vocabulary) {
    assert.ok(emitted.has(type) || sent.has(type), `${type} has no producer`);
    assert.ok(wired.has(type) || awaited.has(type) || toHosts.has(type), `${type} has no consumer`);
  }
});

/** The processes of all steps. */
async function graphs(): Promise<readonly ProcessGraph[]> {
  const parsed = await Promise.all(
    Object.values(steps).map(({ model }) =>
      parseBpmn(model, readFileSync(join(concert, 'models', model), 'utf8')),
    ),
  );
  return parsed.flatMap((one) => (one.ok ? one.processes : assert.fail(one.problems)));
}

/** What the process sends, to named hosts and to subscribers, and what it waits for. */
async function process(): Promise<Record<'sent' | 'awaited' | 'toHosts', Set<string>>> {
  const found = { sent: new Set<string>(), awaited: new Set<string>(), toHosts: new Set<string>() };
  for (const { job, message } of (await graphs()).flatMap(({ elements }) => Object.values(elements))) {
    const { Type, Host, WaitType } = job?.headers ?? {};
    if (Type) found.sent.add(Type);
    if (Type && Host) found.toHosts.add(Type);
    if (WaitType) found.awaited.add(WaitType);
    if (message?.name.kind === 'static') found.awaited.add(message.name.value);
  }
  return found;
}

/** Event types that the sources of the services emit. */
function typesEmittedBy(...folders: string[]): Set<string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(concert, folder), { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith('.ts') && !name.includes('.test.'))
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  const types = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:\btype: |\btell\(\w+, )'(\w+\.\w+)'/g)].map(
      ([, type]) => type,
    ),
  );
  return new Set(types.filter((type) => type !== undefined));
}
