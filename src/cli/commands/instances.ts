import { wholeNumber } from '../arguments.ts';
import { call, serverOf } from '../client.ts';
import { JSON_OPTION, limitOption, URL_OPTION } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { printTable } from '../print-table.ts';
import { printLines } from '../search.ts';
import type { PlainCommand } from '../spec.ts';
import { localTime, type Tone } from '../terminal.ts';

interface Page {
  readonly items: readonly {
    readonly processInstanceKey: string;
    readonly processDefinitionId: string;
    readonly processDefinitionVersion: number;
    readonly state: string;
    readonly startDate: string;
    readonly incidents: number;
    readonly standsAt: readonly { readonly elementId: string; readonly elementName: string | null }[];
  }[];
}

const LIMIT = 20;
const COLUMNS = [
  { title: 'instance', least: 16 },
  { title: 'started', least: 19 },
  { title: 'state', least: 8 },
  { title: 'process', least: 10 },
  { title: 'stands at', least: 12 },
];

/** Colours of the states of instances. */
export const STATE_TONES: Readonly<Record<string, Tone>> = {
  ACTIVE: 'waiting',
  COMPLETED: 'good',
  TERMINATED: 'dim',
};

/** `tutti instances`: one line each, newest first. */
export const instances: PlainCommand = {
  summary: 'lists process instances, the newest first',
  options: [
    { flag: '--process', value: 'ID', help: 'only those of this process' },
    {
      flag: '--state',
      value: 'STATE',
      help: 'only those in this state',
      choices: ['ACTIVE', 'COMPLETED', 'TERMINATED'],
    },
    { flag: '--element', value: 'ID', help: 'only those that stand at this element' },
    { flag: '--text', value: 'TEXT', help: 'only those that mention this: a key, a value of a variable' },
    { flag: '--incidents', help: 'only those with incidents' },
    limitOption(LIMIT),
    JSON_OPTION,
    URL_OPTION,
  ],
  examples: ['tutti instances --state ACTIVE', 'tutti instances --process order --incidents'],
  run: async (given, io) => {
    const limit = wholeNumber(given, '--limit', 1, 200) ?? LIMIT;
    const query = new URLSearchParams({ limit: String(limit) });
    for (const name of ['process', 'state', 'element', 'text']) {
      const value = given.one(`--${name}`);
      if (value !== undefined) query.set(name, value);
    }
    if (given.has('--incidents')) query.set('incidents', 'true');
    const page = (await call(serverOf(given, io), `/api/console/instances?${query}`, {})) as Page;
    if (given.has('--json')) {
      printLines(io, page.items);
      return EXIT.ok;
    }
    if (page.items.length === 0) {
      io.out('No instances.');
      return EXIT.ok;
    }
    const rows = page.items.map((item) => {
      const places = item.standsAt.map(({ elementId, elementName }) => elementName ?? elementId).join(', ');
      const process = `${item.processDefinitionId} v${item.processDefinitionVersion}`;
      const troubled = item.incidents > 0 ? `${item.incidents} incident${item.incidents > 1 ? 's' : ''}` : '';
      return [
        item.processInstanceKey,
        localTime(item.startDate),
        { text: item.state, tone: STATE_TONES[item.state] ?? 'plain' },
        process,
        {
          text: [places, troubled].filter((text) => text !== '').join('; '),
          tone: troubled === '' ? 'plain' : 'bad',
        },
      ] as const;
    });
    printTable(io, COLUMNS, rows);
    return EXIT.ok;
  },
};
