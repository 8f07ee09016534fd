import type { HistoryChange } from '../history/index.ts';
import { GatewayError } from './errors.ts';
import type { Route, RouteGroup } from './http.ts';
import type { GatewayContext } from './rest/context.ts';

/**
 * One server-sent-event stream for everything that a page wants to follow. Topics: `instances` (any instance),
 * `definitions`, `instance:KEY`, `events` (the event log, fates, deliveries, subscriptions: whatever was committed).
 * An event tells that something changed, not what: the page asks again.
 */

/** Changes within this time become one event, ms. */
const COALESCE_MS = 250;
const HEARTBEAT_MS = 15_000;
const TOPIC = /^(instances|definitions|events|instance:\d{1,16})$/;

export function liveGroup(context: GatewayContext): RouteGroup {
  const route: Route = {
    method: 'GET',
    path: '/api/live',
    accepts: 'none',
    handler: (request) => {
      const topics = (request.query.get('topics') ?? '').split(',').filter((topic) => topic !== '');
      const unknown = topics.find((topic) => !TOPIC.test(topic));
      if (topics.length === 0 || unknown !== undefined) {
        throw new GatewayError(
          'BAD_REQUEST',
          `The query parameter topics must list instances, definitions, events or instance:KEY, but ${unknown === undefined ? 'was empty' : `has '${unknown}'`}.`,
        );
      }
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
        body: follow(context, new Set(topics), request.signal),
      };
    },
  };
  return { name: 'live', routes: [route] };
}

async function* follow(
  { history, commits }: GatewayContext,
  topics: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const changed = new Set<string>();
  let position = history.position();
  let wake: () => void = () => undefined;
  const stopHistory = history.onChange((change) => {
    position = change.position;
    for (const topic of touched(change, topics)) changed.add(topic);
    if (changed.size > 0) wake();
  });
  // Events are read from the log itself, so nothing has to be projected first.
  const stopCommits = commits.on(() => {
    if (!topics.has('events')) return;
    changed.add('events');
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  const sleep = (ms: number, untilWoken: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        if (!untilWoken && !signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  try {
    yield `event: hello\ndata: ${JSON.stringify({ position })}\n\n`;
    while (!signal.aborted) {
      if (changed.size === 0) await sleep(HEARTBEAT_MS, true);
      if (signal.aborted) return;
      if (changed.size === 0) {
        yield ': still here\n\n';
        continue;
      }
      const data = JSON.stringify({ position, topics: [...changed] });
      changed.clear();
      yield `id: ${position}\nevent: changed\ndata: ${data}\n\n`;
      await sleep(COALESCE_MS, false);
    }
  } finally {
    stopHistory();
    stopCommits();
    signal.removeEventListener('abort', onAbort);
  }
}

function touched(change: HistoryChange, topics: ReadonlySet<string>): string[] {
  const found: string[] = [];
  if (topics.has('definitions') && (change.definitions || change.instances.length > 0))
    found.push('definitions');
  if (topics.has('instances') && change.instances.length > 0) found.push('instances');
  for (const topic of topics) {
    if (!topic.startsWith('instance:')) continue;
    if (change.instancesCut || change.instances.includes(Number(topic.slice('instance:'.length))))
      found.push(topic);
  }
  return found;
}
