import { keyOf } from '../arguments.ts';
import { getText, ServerRefusedError, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { type InstanceView, instanceLines, type OrderOfEvents } from '../instance-view.ts';
import type { PlainCommand } from '../spec.ts';

/** `tutti instance KEY`. */
export const instance: PlainCommand = {
  summary: 'tells where one instance stands, its way, variables, jobs, timers, incidents and events',
  words: [{ name: 'INSTANCE', help: 'the key of a process instance', least: 1, most: 1 }],
  options: SERVER_OPTIONS,
  examples: ['tutti instance 2251799813685253', 'tutti instance 2251799813685253 --json | jq .incidents'],
  run: async (given, io) => {
    const server = serverOf(given, io);
    const key = keyOf(given.word(0), 'a process instance');
    const text = await getText(server, `/api/console/instances/${key}`);
    // Instances of processes without events, and those of before, have no order of events.
    const order = await getText(server, `/api/compliance/instances/${key}`).catch((error: unknown) => {
      if (error instanceof ServerRefusedError && error.status === 404) return undefined;
      throw error;
    });
    if (given.has('--json')) {
      io.out(order === undefined ? text : `${text.trimEnd().slice(0, -1)},"events":${order}}`);
      return EXIT.ok;
    }
    const view = JSON.parse(text) as InstanceView;
    instanceLines(io, view, order === undefined ? undefined : (JSON.parse(order) as OrderOfEvents));
    return EXIT.ok;
  },
};
