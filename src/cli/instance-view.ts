import { INCIDENT_COLUMNS, type Incident, incidentRow } from './commands/incidents.ts';
import { STATE_TONES } from './commands/instances.ts';
import { JOB_COLUMNS, type Job, jobRow } from './commands/jobs.ts';
import { VARIABLE_COLUMNS, type Variable, variableRows } from './commands/variables.ts';
import type { CommandIo } from './io.ts';
import { type Cell, printTable } from './print-table.ts';
import type { Column } from './table.ts';
import { localTime, paint, printable, type Tone } from './terminal.ts';

interface Instance {
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionVersion: number;
  readonly state: string;
  readonly startDate: string;
  readonly endDate: string | null;
  readonly parentProcessInstanceKey: string | null;
  readonly businessId: string | null;
}

interface Element {
  readonly elementInstanceKey: string;
  readonly elementId: string;
  readonly elementName: string | null;
  readonly type: string;
  readonly state: string;
  readonly startDate: string;
  readonly endDate: string | null;
}

/** `GET /api/console/instances/{key}`. */
export interface InstanceView {
  readonly instance: Instance;
  readonly elements: readonly Element[];
  readonly variables: readonly Variable[];
  readonly jobs: readonly Job[];
  readonly incidents: readonly Incident[];
  readonly subscriptions: readonly {
    readonly messageName: string;
    readonly correlationKey: string;
    readonly elementId: string;
    readonly messageSubscriptionState: string;
  }[];
  readonly timers: readonly {
    readonly elementId: string;
    readonly dueDate: string;
    readonly state: string;
  }[];
  readonly called: readonly Instance[];
  /** Names of the lists that were too long to be sent whole. */
  readonly cut: readonly string[];
}

interface Happened {
  readonly eventSequence?: number;
  readonly eventType: string;
  readonly verdict: string;
  readonly time: string;
  readonly reason?: string;
}

/** `GET /api/compliance/instances/{key}`, as far as it is shown. */
export interface OrderOfEvents {
  readonly steps: readonly { readonly events: readonly Happened[] }[];
  readonly others: readonly Happened[];
}

const VERDICT_TONES: Readonly<Record<string, Tone>> = { expected: 'good', early: 'waiting', late: 'waiting' };

const PATH_COLUMNS: readonly Column[] = [
  { title: 'element', least: 10 },
  { title: 'type', least: 8 },
  { title: 'state', least: 8 },
  { title: 'entered', least: 19 },
  { title: 'left', least: 19 },
];

/** Prints all that is known of an instance, the most urgent first. */
export function instanceLines(io: CommandIo, view: InstanceView, order: OrderOfEvents | undefined): void {
  const { instance } = view;
  const key = instance.processInstanceKey;
  const state = paint(io, STATE_TONES[instance.state] ?? 'plain', instance.state);
  const process = `${printable(instance.processDefinitionId)} v${instance.processDefinitionVersion}`;
  const ended = instance.endDate === null ? '' : `, ended ${localTime(instance.endDate)}`;
  io.out(`Instance ${key} of ${process}: ${state}, started ${localTime(instance.startDate)}${ended}`);
  if (instance.businessId) io.out(`business id ${printable(instance.businessId)}`);
  if (instance.parentProcessInstanceKey !== null) {
    io.out(`called by instance ${instance.parentProcessInstanceKey}`);
  }
  const open = view.elements.filter((element) => element.endDate === null && element.type !== 'PROCESS');
  if (open.length > 0) io.out(`stands at ${open.map(nameOf).join(', ')}`);

  const incidents = view.incidents.filter((incident) => incident.state === 'ACTIVE');
  section(io, 'Incidents', INCIDENT_COLUMNS, incidents.map(incidentRow));
  if (incidents.length > 0) {
    const keys = incidents.map(({ incidentKey }) => incidentKey).join(' ');
    io.out(paint(io, 'dim', `  when the cause is gone: tutti resolve ${keys}`));
  }
  section(
    io,
    'Waits for messages',
    [
      { title: 'message', least: 10 },
      { title: 'correlation key', least: 10 },
      { title: 'element', least: 8 },
    ],
    view.subscriptions
      .filter(({ messageSubscriptionState: is }) => is === 'CREATED')
      .map((waits) => [waits.messageName, waits.correlationKey, waits.elementId]),
  );
  section(
    io,
    'Timers',
    [
      { title: 'due', least: 19 },
      { title: 'element', least: 8 },
    ],
    view.timers
      .filter((timer) => timer.state === 'CREATED')
      .map(({ dueDate, elementId }) => [localTime(dueDate), elementId]),
  );
  section(io, 'Jobs', JOB_COLUMNS, view.jobs.map(jobRow));
  section(io, 'Variables', VARIABLE_COLUMNS, variableRows(key, view.variables));
  section(io, 'Way', PATH_COLUMNS, view.elements.filter(({ type }) => type !== 'PROCESS').map(wayRow));
  section(
    io,
    'Events',
    [
      { title: 'number', least: 6 },
      { title: 'time', least: 19 },
      { title: 'type', least: 12 },
      { title: 'in the right order?', least: 8 },
    ],
    order === undefined ? [] : eventRows(order),
  );
  section(
    io,
    'Called instances',
    [
      { title: 'instance', least: 16 },
      { title: 'process', least: 10 },
      { title: 'state', least: 8 },
    ],
    view.called.map((called) => [
      called.processInstanceKey,
      `${called.processDefinitionId} v${called.processDefinitionVersion}`,
      { text: called.state, tone: STATE_TONES[called.state] ?? 'plain' },
    ]),
  );
  if (view.cut.length > 0) {
    const lists = view.cut.map(printable).join(', ');
    io.out(paint(io, 'dim', `Not all of ${lists} is shown; tutti records --instance ${key} tells all.`));
  }
}

function section(
  io: CommandIo,
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): void {
  if (rows.length === 0) return;
  io.out('');
  io.out(paint(io, 'strong', title));
  printTable(io, columns, rows, '  ');
}

function nameOf({ elementId, elementName }: Element): string {
  return printable(
    elementName === null || elementName === elementId ? elementId : `${elementName} (${elementId})`,
  );
}

function wayRow({ elementId, type, state, startDate, endDate }: Element): Cell[] {
  return [
    elementId,
    type,
    { text: state, tone: STATE_TONES[state] ?? 'plain' },
    localTime(startDate),
    endDate === null ? '–' : localTime(endDate),
  ];
}

function eventRows({ steps, others }: OrderOfEvents): Cell[][] {
  return [...steps.flatMap(({ events }) => events), ...others]
    .toSorted((left, right) => left.time.localeCompare(right.time))
    .map(({ eventSequence, time, eventType, verdict, reason }) => [
      eventSequence === undefined ? '–' : String(eventSequence),
      localTime(time),
      eventType,
      {
        text: reason === undefined ? verdict : `${verdict}: ${reason}`,
        tone: VERDICT_TONES[verdict] ?? 'bad',
      },
    ]);
}
