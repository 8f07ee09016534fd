import type { LogRecord } from '../engine/records/log.ts';
import type { HistoryChange, PositionedRecord } from '../history/index.ts';
import { GatewayError } from './errors.ts';
import type { GatewayRequest, Route, RouteGroup } from './http.ts';
import { toJson } from './json.ts';
import { GATEWAY_VERSION, type GatewayContext, TENANT } from './rest/context.ts';

/** The journal as newline-delimited JSON, in the shape of Zeebe's exported records. */

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 100_000;
const CHUNK = 500;
/** How long following waits for news before it looks by itself, ms. */
const LOOK_MS = 1000;

export function recordsGroup(context: GatewayContext): RouteGroup {
  const route: Route = {
    method: 'GET',
    path: '/api/records',
    accepts: 'none',
    handler: (request) => {
      const last = queryInteger(request, 'last', 0, MAX_LIMIT);
      const oldest = context.records.oldest();
      const from = queryInteger(request, 'after', 0, Number.MAX_SAFE_INTEGER);
      if (last !== undefined && from !== undefined) {
        throw new GatewayError('BAD_REQUEST', 'Only one of the query parameters after and last is allowed.');
      }
      const after = last === undefined ? (from ?? 0) : Math.max(oldest - 1, context.records.last() - last);
      const limit = queryInteger(request, 'limit', 1, MAX_LIMIT);
      const follow = queryFlag(request, 'follow');
      if (after + 1 < oldest && oldest > 1) {
        throw new GatewayError(
          'GONE',
          `Records before position ${oldest} are no longer kept. Start with after=${oldest - 1}.`,
          { 'x-oldest-position': String(oldest) },
        );
      }
      const wanted = limit ?? (follow ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' },
        body: lines(context, after, wanted, follow, request.signal),
      };
    },
  };
  return { name: 'records', routes: [route] };
}

async function* lines(
  { records, history }: GatewayContext,
  after: number,
  limit: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let position = after;
  let left = limit;
  while (left > 0 && !signal.aborted) {
    const batch = records.read(position, Math.min(CHUNK, left));
    const last = batch.at(-1);
    if (last === undefined) {
      if (!follow) return;
      await news(history.onChange.bind(history), signal);
      continue;
    }
    yield batch.map((positioned) => `${recordJson(positioned)}\n`).join('');
    position = last.position;
    left -= batch.length;
  }
}

/** Resolves when the projection has moved, after a while, or when the signal aborts. */
function news(
  onChange: (listener: (change: HistoryChange) => void) => () => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = onChange(done);
    const timer = setTimeout(done, LOOK_MS);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** One record as one line of JSON, without the line end. */
export function recordJson({ position, record }: PositionedRecord): string {
  return toJson({
    position,
    sourceRecordPosition: -1,
    key: record.key,
    timestamp: record.timestamp,
    recordType: record.recordType,
    valueType: record.valueType,
    intent: record.intent,
    rejectionType: record.rejectionType ?? 'NULL_VAL',
    rejectionReason: record.rejectionReason ?? '',
    partitionId: 1,
    brokerVersion: GATEWAY_VERSION,
    recordVersion: record.recordVersion,
    value: { ...shownValue(record), tenantId: TENANT },
  });
}

function shownValue(record: LogRecord): object {
  if (record.valueType !== 'PROCESS' && record.valueType !== 'DECISION_REQUIREMENTS') return record.value;
  // The graph is ours alone; the model goes out as Zeebe writes it, in base64.
  const { graph: _, resource, ...value } = record.value;
  return { ...value, resource: Buffer.from(resource ?? '').toString('base64') };
}

export function queryInteger(
  request: GatewayRequest,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = request.query.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new GatewayError(
      'BAD_REQUEST',
      `The query parameter ${name} must be a whole number from ${least} to ${most}, but was '${text}'.`,
    );
  }
  return value;
}

export function queryFlag(request: GatewayRequest, name: string): boolean {
  const text = request.query.get(name);
  if (text === null || text === 'false') return false;
  if (text === 'true' || text === '') return true;
  throw new GatewayError(
    'BAD_REQUEST',
    `The query parameter ${name} must be true or false, but was '${text}'.`,
  );
}
