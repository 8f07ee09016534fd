import { setTimeout as sleep } from 'node:timers/promises';
import { request, type Server, ServerRefusedError } from './client.ts';

/** The journal over HTTP: `GET /api/records`. */

export interface JournalRecord {
  readonly position: number;
  readonly key: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly recordType: string;
  readonly valueType: string;
  readonly intent: string;
  readonly rejectionReason: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What of the journal is wanted; an empty list excludes nothing. */
export interface RecordFilter {
  readonly valueTypes: readonly string[];
  readonly intents: readonly string[];
  readonly instance?: string;
}

/** Where to begin: after a position, or so many records before the end. */
export type Begin = { readonly after: number; readonly fromOldest?: boolean } | { readonly last: number };

const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5000;
/** Records of one request that does not follow. */
const PAGE = 10_000;

/**
 * Records in the order of the journal, each once, with their JSON text. Following goes on after a lost connection
 * where it was. Ends when the signal aborts; throws `ServerRefusedError` if the server refuses what is asked.
 */
export async function* recordsOf(
  server: Server,
  filter: RecordFilter,
  begin: Begin,
  follow: boolean,
  signal: AbortSignal,
  say: (line: string) => void,
): AsyncGenerator<{ readonly text: string; readonly record: JournalRecord }> {
  let from = begin;
  let pause = FIRST_PAUSE_MS;
  let lost = false;
  while (!signal.aborted) {
    let count = 0;
    try {
      for await (const text of linesOf(await open(server, from, follow, signal))) {
        if (lost) say('The connection is back.');
        lost = false;
        pause = FIRST_PAUSE_MS;
        const record = JSON.parse(text) as JournalRecord;
        from = { after: record.position };
        count += 1;
        if (matches(record, filter)) yield { text, record };
      }
      // The journal is read page by page; following has no end but a lost connection.
      if (!follow && ('last' in begin || count < PAGE)) return;
      if (!follow) continue;
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof ServerRefusedError;
      if (!follow || (refused && !error.passing)) throw error;
    }
    if (!lost) say('The connection was lost; trying again until it is back.');
    lost = true;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, MOST_PAUSE_MS);
  }
}

async function open(server: Server, from: Begin, follow: boolean, signal: AbortSignal): Promise<Response> {
  const query = new URLSearchParams();
  if ('last' in from) query.set('last', String(from.last));
  else query.set('after', String(from.after));
  if (follow) query.set('follow', 'true');
  else query.set('limit', String('last' in from ? Math.max(1, from.last) : PAGE));
  try {
    return await request(server, `/api/records?${query}`, { signal });
  } catch (error) {
    // Old records were pruned: the server says where those begin that are left.
    const oldest = error instanceof ServerRefusedError ? /after=(\d+)/.exec(error.message)?.[1] : undefined;
    if (oldest === undefined || !('fromOldest' in from)) throw error;
    return open(server, { after: Number(oldest) }, follow, signal);
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function matches({ valueType, intent, key, value }: JournalRecord, filter: RecordFilter): boolean {
  const { valueTypes, intents, instance } = filter;
  if (valueTypes.length > 0 && !valueTypes.includes(valueType)) return false;
  if (intents.length > 0 && !intents.includes(intent)) return false;
  return instance === undefined || String(value['processInstanceKey'] ?? key) === instance;
}
