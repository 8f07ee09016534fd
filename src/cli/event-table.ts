import { getText, type Server } from './client.ts';
import { type FateView, fateText, toneOf } from './fates.ts';
import type { CommandIo } from './io.ts';
import { type Column, cellsOf, lineOf, widthsOf } from './table.ts';
import { localTime, paint, printable } from './terminal.ts';

/** An event of `GET /api/events`. */
export interface EventSummary {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  /** RFC 3339. */
  readonly received: string;
  /** The last thing that became of it. */
  readonly fate?: FateView;
}

export interface EventPage {
  readonly items: readonly EventSummary[];
  /** Where the next page begins; of a query with `after`, always there. */
  readonly next?: number;
}

export async function pageOf(
  server: Server,
  query: URLSearchParams,
  signal?: AbortSignal,
): Promise<EventPage> {
  const text = await getText(server, `/api/events?${query}`, signal);
  return JSON.parse(text) as EventPage;
}

const COLUMNS: readonly Column[] = [
  { title: 'number', least: 6 },
  { title: 'received', least: 19 },
  { title: 'type', least: 16 },
  { title: 'source', least: 8 },
  { title: 'subject', least: 10 },
  { title: 'what became of it', least: 20 },
];
/** What events are often like: shares the room where not all are known yet. */
const TYPICAL = ['', '2030-01-31 09:05:07', 'Tickets.ReservationMade', '/tickets', 'session-1234', ''];
/** A terminal narrower than this does without the source. */
const WIDE = 110;

/** Events as lines of one width; the first of them decide how the room is shared. */
export class EventTable {
  readonly #io: CommandIo;
  readonly #narrow: boolean;
  readonly #widths: readonly number[];

  /** @param more whether others will follow than the first */
  constructor(io: CommandIo, first: readonly EventSummary[], more: boolean) {
    this.#io = io;
    const total = io.terminal?.columns;
    this.#narrow = total !== undefined && total < WIDE;
    this.#widths = widthsOf(
      this.#shown(COLUMNS),
      [...first.map((event) => this.#cells(event)), ...(more ? [this.#shown(TYPICAL)] : [])],
      total,
    );
  }

  head(): string {
    const titles = this.#shown(COLUMNS).map(({ title }) => title);
    return paint(this.#io, 'dim', lineOf(cellsOf(titles, this.#widths)));
  }

  line(event: EventSummary): string {
    const cells = cellsOf(this.#cells(event), this.#widths, this.#io.terminal !== undefined);
    const fate = cells.pop() ?? '';
    return lineOf([...cells, paint(this.#io, toneOf(event.fate), fate)]);
  }

  #cells({ sequence, received, type, source, subject, correlationKey, fate }: EventSummary): string[] {
    const key = correlationKey === undefined || correlationKey === subject ? [] : [`key ${correlationKey}`];
    const about = [...(subject === undefined ? [] : [subject]), ...key].join(', ');
    const cells = [String(sequence), localTime(received), type, source, about === '' ? '–' : about];
    return this.#shown([...cells.map(printable), fateText(fate)]);
  }

  #shown<Item>(items: readonly Item[]): Item[] {
    return items.filter((_, index) => !this.#narrow || index !== 3);
  }
}
