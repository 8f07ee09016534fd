import { randomUUID } from 'node:crypto';
import {
  Deliverer,
  type DelivererOptions,
  type DeliveryResult,
  findEvent,
  readNumberedSources,
  readStory,
  searchEvents,
  Targets,
  targetSettings,
} from '../../broker/index.ts';
import type { Database } from '../../store/database.ts';
import { DataFolder } from '../../store/folder.ts';
import type { DurableRuntime } from '../client.ts';
import type { RuntimeOptions } from '../options.ts';
import type { Push } from '../protocol.ts';
import { type AskWriter, deadLetterSide } from './dead-letter-side.ts';
import type { Events } from './events.ts';
import { DUE_LANES_TOPIC, type DueLanes, type EventRequests } from './requests.ts';
import { routerTablesOver } from './router-tables.ts';
import { defaultEventsSettings, type EventsSettings } from './settings.ts';
import { subscriptionSide } from './subscription-side.ts';
import { readWaits } from './wait-list.ts';

export interface EventSideOptions {
  readonly settings?: Partial<EventsSettings>;
  /** Ids of new subscriptions and of corrected events. */
  readonly newId: () => string;
  /** Texts that nobody can guess. @defaultValue random ones */
  readonly newToken?: () => string;
  /** Address of the server, such as `http://127.0.0.1:8080`, to which sinks call back; undefined if it has none yet. */
  readonly publicUrl?: () => string | undefined;
  /** Told of mistakes in the program and of a data folder that cannot be read. */
  readonly onError: (error: unknown) => void;
  readonly deliverer?: Pick<DelivererOptions, 'window' | 'overall' | 'bytes' | 'post' | 'graceMs'>;
}

/** The runtime with its event side, on the surfaces' thread. */
export interface EventedRuntime {
  readonly runtime: DurableRuntime;
  readonly events: Events;
  /** Lets deliveries in flight end, then closes the runtime. */
  close(): Promise<void>;
}

/**
 * Starts a runtime together with what the surfaces' thread does for events: queries and deliveries. What was not
 * delivered before goes on at once.
 * @param start `startRuntime` or `startInlineRuntime`. The product's parts get the settings from here; other parts must
 * hold the event modules with the same settings
 * @throws TargetSettingError, and what `start` rejects with
 */
export async function startWithEvents<Options extends RuntimeOptions>(
  start: (options: Options) => Promise<DurableRuntime>,
  options: Options,
  eventOptions: EventSideOptions,
): Promise<EventedRuntime> {
  const { hostMap, allowTargets } = { ...defaultEventsSettings, ...eventOptions.settings };
  const targets = new Targets(targetSettings(hostMap, allowTargets));
  const early: Push[] = [];
  let take = (push: Push): void => {
    early.push(push);
  };
  const runtime = await start({
    ...options,
    partsOptions: { ...(options.partsOptions as object | undefined), events: eventOptions.settings ?? {} },
    onPush: (push) => {
      take(push);
      options.onPush?.(push);
    },
  });
  const db = await orClose(runtime, () => DataFolder.readJournal(options.data).db);
  const deliverer = new Deliverer({
    ...eventOptions.deliverer,
    db: await orClose(runtime, () => DataFolder.readJournal(options.data).db),
    targets,
    report: (results) => runtime.request('deliveryResults', { results }, false, patienceOf(results)),
    consent: (result) => request(runtime, 'consent', result),
    callbackAddress: (id, token, base = eventOptions.publicUrl?.()) =>
      base === undefined
        ? undefined
        : `${base.replace(/\/$/, '')}/subscriptions/${encodeURIComponent(id)}/consent/${token}`,
    onError: eventOptions.onError,
  });
  take = ({ topic, body }) => {
    if (topic !== DUE_LANES_TOPIC) return;
    const { lanes, now } = body as DueLanes;
    deliverer.due(lanes, now);
  };
  for (const push of early) take(push);
  const close = async (): Promise<void> => {
    await deliverer.stop();
    await runtime.close();
    db.close();
  };
  return { runtime, events: eventsOver(runtime, db, targets, eventOptions), close };
}

/** ms that results may wait for the next transaction; a process may wait for an answer that holds an event. */
const PATIENCE_MS = 5;

function patienceOf(results: readonly DeliveryResult[]): number {
  return results.some(({ replies }) => replies.length > 0) ? 0 : PATIENCE_MS;
}

async function orClose<Value>(runtime: DurableRuntime, work: () => Value): Promise<Value> {
  try {
    return work();
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function eventsOver(
  runtime: DurableRuntime,
  db: Database,
  targets: Targets,
  { newId, newToken = randomUUID }: EventSideOptions,
): Events {
  const ask: AskWriter = (kind, body) => request(runtime, kind, body);
  return {
    search: (query) => searchEvents(db, query),
    story: async (sequence) => readStory(db, sequence),
    find: (source, id) => findEvent(db, source, id),
    numberedSources: async (limit) => readNumberedSources(db, limit),
    routeAgain: (sequence) => ask('routeAgain', { sequence }),
    ...subscriptionSide({ db, targets, newId, newToken }, ask),
    waits: async (query) => readWaits(db, query),
    ...deadLetterSide(db, ask, newId),
    ...routerTablesOver(runtime),
  };
}

function request<Kind extends keyof EventRequests>(
  runtime: DurableRuntime,
  kind: Kind,
  body: EventRequests[Kind]['body'],
): Promise<EventRequests[Kind]['value']> {
  return runtime.request(kind, body) as Promise<EventRequests[Kind]['value']>;
}
