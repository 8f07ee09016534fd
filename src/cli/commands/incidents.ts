import { keyOf } from '../arguments.ts';
import { serverOf } from '../client.ts';
import { limitOption, SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { printTable } from '../print-table.ts';
import { limitOf, printLines, search, tellMore } from '../search.ts';
import type { PlainCommand } from '../spec.ts';
import { localTime, paint } from '../terminal.ts';

export interface Incident {
  readonly incidentKey: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly state: string;
  readonly creationTime: string;
  readonly elementId: string;
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly jobKey: string | null;
}

const LIMIT = 20;
export const INCIDENT_COLUMNS = [
  { title: 'incident', least: 16 },
  { title: 'since', least: 19 },
  { title: 'instance', least: 16 },
  { title: 'process', least: 8 },
  { title: 'element', least: 8 },
  { title: 'error', least: 12 },
  { title: 'message', least: 20 },
];

export function incidentRow(incident: Incident): string[] {
  return [
    incident.incidentKey,
    localTime(incident.creationTime),
    incident.processInstanceKey,
    incident.processDefinitionId,
    incident.elementId,
    incident.errorType,
    incident.errorMessage,
  ];
}

/** `tutti incidents`. */
export const incidents: PlainCommand = {
  summary: 'lists open incidents, the newest first',
  options: [
    { flag: '--process', value: 'ID', help: 'only those of this process' },
    { flag: '--instance', value: 'KEY', help: 'only those of this process instance' },
    { flag: '--error', value: 'TYPE', help: 'only those of this type, such as JOB_NO_RETRIES' },
    { flag: '--all', help: 'resolved ones too' },
    limitOption(LIMIT),
    ...SERVER_OPTIONS,
  ],
  examples: ['tutti incidents', 'tutti incidents --process order --error JOB_NO_RETRIES'],
  run: async (given, io) => {
    const instance = given.one('--instance');
    const filter = {
      processDefinitionId: given.one('--process'),
      processInstanceKey: instance === undefined ? undefined : keyOf(instance, 'a process instance'),
      errorType: given.one('--error'),
      state: given.has('--all') ? undefined : 'ACTIVE',
    };
    const sort = { field: 'creationTime', order: 'DESC' } as const;
    const found = await search<Incident>(
      serverOf(given, io),
      'incidents',
      filter,
      sort,
      limitOf(given, LIMIT),
    );
    if (given.has('--json')) {
      printLines(io, found.items);
      return EXIT.ok;
    }
    if (found.items.length === 0) {
      io.out('No incidents.');
      return EXIT.ok;
    }
    printTable(io, INCIDENT_COLUMNS, found.items.map(incidentRow));
    tellMore(io, found);
    io.out(
      paint(io, 'dim', 'When the cause is gone: tutti resolve INCIDENT. More: tutti instance INSTANCE.'),
    );
    return EXIT.ok;
  },
};
