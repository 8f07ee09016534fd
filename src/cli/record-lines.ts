import type { CommandIo } from './io.ts';
import type { JournalRecord } from './record-feed.ts';
import { cellsOf, lineOf } from './table.ts';
import { localTime, paint, printable, type Tone } from './terminal.ts';

/** position, time, value type, intent, key: wide enough for what is usual; the last cell takes the rest. */
const WIDTHS = [8, 19, 24, 20, 16];
const TITLES = ['position', 'time', 'value type', 'intent', 'key', 'about'];
/** Members of values that say most about a record, the most telling first. */
const TELLING = [
  'bpmnProcessId',
  'bpmnElementType',
  'elementId',
  'type',
  'name',
  'messageName',
  'signalName',
  'correlationKey',
  'value',
  'retries',
  'errorType',
  'errorMessage',
  'errorCode',
  'assignee',
  'decisionId',
  'resourceName',
] as const;

const TONES: Readonly<Record<string, Tone>> = { COMMAND_REJECTION: 'bad', COMMAND: 'dim', EVENT: 'plain' };

/** Prints records one by one as lines of one width, for people. */
export class RecordLines {
  readonly #io: CommandIo;
  #begun = false;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  print(record: JournalRecord): void {
    const cut = this.#io.terminal !== undefined;
    const used = WIDTHS.reduce((sum, width) => sum + width + 2, 0);
    const room = Math.max(20, (this.#io.terminal?.columns ?? 0) - used);
    const widths = cut ? [...WIDTHS, room] : WIDTHS;
    if (!this.#begun) this.#io.out(paint(this.#io, 'dim', lineOf(cellsOf(TITLES, widths, cut))));
    this.#begun = true;
    const cells = cellsOf(
      [
        String(record.position),
        localTime(new Date(record.timestamp).toISOString()),
        record.valueType,
        record.intent,
        String(record.key),
        printable(about(record)),
      ],
      widths,
      cut,
    );
    const tone = record.valueType === 'INCIDENT' ? 'bad' : (TONES[record.recordType] ?? 'plain');
    this.#io.out(paint(this.#io, tone, lineOf(cells)));
  }
}

function about({ value, rejectionReason }: JournalRecord): string {
  const parts = TELLING.flatMap((name) => {
    const member = value[name];
    if (member === undefined || member === null || member === '') return [];
    return [typeof member === 'object' ? `${name} ${JSON.stringify(member)}` : `${labelOf(name)}${member}`];
  });
  return [...(rejectionReason === '' ? [] : [rejectionReason]), ...parts].join(', ');
}

/** Ids speak for themselves; figures and texts do not. */
function labelOf(name: (typeof TELLING)[number]): string {
  return name === 'correlationKey' || name === 'retries' || name === 'value' ? `${name} ` : '';
}
