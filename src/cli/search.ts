import { type Arguments, wholeNumber } from './arguments.ts';
import { type Server, send } from './client.ts';
import type { CommandIo } from './io.ts';
import { paint } from './terminal.ts';

/** Lists by Camunda's search requests: `POST /v2/RESOURCE/search`. */

/** Rows that one request may bring. */
const MOST = 10_000;

export interface Found<Item> {
  readonly items: readonly Item[];
  /** How many there are, shown or not. */
  readonly total: number;
}

/** The rows of a resource, such as `jobs`, that the filter takes. */
export async function search<Item>(
  server: Server,
  resource: string,
  filter: Readonly<Record<string, unknown>>,
  sort: { readonly field: string; readonly order: 'ASC' | 'DESC' },
  limit = MOST,
): Promise<Found<Item>> {
  const used = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const body = JSON.stringify({ filter: used, sort: [sort], page: { limit } });
  // Variables whole: a program that reads them must not get half a JSON.
  const path = `/v2/${resource}/search${resource === 'variables' ? '?truncateValues=false' : ''}`;
  const answer = (await send(server, path, 'POST', body)) as {
    readonly items: readonly Item[];
    readonly page: { readonly totalItems: number };
  };
  return { items: answer.items, total: answer.page.totalItems };
}

/** `--limit`, from 1 to what one request may bring. */
export function limitOf(given: Arguments, otherwise: number): number {
  return wholeNumber(given, '--limit', 1, MOST) ?? otherwise;
}

/** Prints rows for programs, one JSON document a line. */
export function printLines(io: CommandIo, items: readonly unknown[]): void {
  for (const item of items) io.out(JSON.stringify(item));
}

/** Says that a list goes on. */
export function tellMore(io: CommandIo, { items, total }: Found<unknown>): void {
  if (items.length < total) {
    io.out(paint(io, 'dim', `${items.length} of ${total}; --limit shows more.`));
  }
}
