import { attribute, type CloudEvent, idOf, subjectOf, typeOf } from '../cloudevents/index.ts';
import type { Document } from '../engine/records/record.ts';
import { type DataSettings, DEFAULT_DATA, variablesOf } from './data.ts';
import {
  type Audience,
  correlationKeyOf,
  expiryOf,
  lifeLeft,
  type MessagePlan,
  planMessages,
} from './message-plan.ts';
import { jobEventId } from './outgoing.ts';

/** The extension by which an event is an error of the job that it names, and not its reply. */
export const ERROR_CODE_EXTENSION = 'errorcode';

/** A job that the router serves and that waits, or waited, for an event. */
export interface WaitingJob {
  readonly jobKey: number;
  readonly processInstanceKey: number;
  readonly elementId: string;
  readonly waitType?: string;
  readonly correlationKey?: string;
  /** Absent while the job waits; else why it waits no more. */
  readonly gone?: string;
}

/** What the router may ask about the present moment. All look-ups are by index. */
export interface RouterView {
  job(jobKey: number): WaitingJob | undefined;
  jobsWaitingFor(type: string, correlationKey: string): readonly WaitingJob[];
  /** True if events of this type become messages or start instances. */
  isMessageName(type: string): boolean;
  /** Who may use events of this type as messages or to start instances. */
  audience(type: string): Audience;
  /** ms that an early reply of this type waits, where `tutti.yaml` says so. */
  timeToLive(type: string): number | undefined;
  /** True if some deployed model waits for replies of this type. */
  isReplyType(type: string): boolean;
}

export interface IncomingSettings {
  readonly engineId: string;
  /** ms that an early event waits when neither the event nor a model says how long. */
  readonly timeToLive: number;
  /** @defaultValue JSON texts in strings are unwrapped, binary data are refused */
  readonly data?: DataSettings;
}

/** What is to be done with an event. */
export type Routing =
  | { readonly kind: 'reply'; readonly job: WaitingJob; readonly variables: Document }
  | { readonly kind: 'unusableReply'; readonly job: WaitingJob; readonly reason: string }
  | { readonly kind: 'lateReply'; readonly job: WaitingJob; readonly reason: string }
  | { readonly kind: 'unknownJob'; readonly jobKey: string }
  | { readonly kind: 'earlyReply'; readonly correlationKey: string; readonly until: number }
  | ({ readonly kind: 'messages' } & MessagePlan)
  | { readonly kind: 'error'; readonly job: WaitingJob; readonly code: string; readonly variables: Document }
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'unmatched'; readonly reason: string };

/**
 * Decides what an event means: a reply to a waiting job, else a message, else nothing that a process can use.
 * A reply is only a reply. Order of the tests as in the router's contract: job key, subject of three keys, then
 * type and correlation key.
 */
export function route(event: CloudEvent, view: RouterView, settings: IncomingSettings, now: number): Routing {
  const expiry = expiryOf(event);
  if (expiry !== undefined && expiry <= now) {
    return {
      kind: 'expired',
      reason: `Its expirytime ${attribute(event, 'expirytime')} had passed when it arrived.`,
    };
  }
  const type = typeOf(event);
  return (
    errorOf(event, view, settings) ??
    replyByKey(event, view, settings) ??
    replyByType(event, view, settings) ??
    messageOf(event, view, settings, now) ??
    earlyReply(event, view, settings, now) ?? {
      kind: 'unmatched',
      reason: `No deployed model waits for events of type '${type}', and no instance does.`,
    }
  );
}

/** The job that an event names by extension or subject. An event that a job sent names it too, but not as its reply. */
function namedJobOf(event: CloudEvent, engineId: string): string | undefined {
  const named = attribute(event, 'jobkey') ?? /^\d+:\d+:(\d+)$/.exec(subjectOf(event) ?? '')?.[1];
  return named === undefined || idOf(event) === jobEventId(engineId, named) ? undefined : named;
}

function jobNamed(named: string, view: RouterView): WaitingJob | undefined {
  const key = Number(named);
  return /^\d{1,16}$/.test(named) && Number.isSafeInteger(key) ? view.job(key) : undefined;
}

/**
 * An event with the extension `errorcode` that names a waiting job throws that BPMN error at its task. Its type need
 * not be the one that the task waits for. Data that are no variables do not hold the error up.
 */
function errorOf(event: CloudEvent, view: RouterView, settings: IncomingSettings): Routing | undefined {
  const code = attribute(event, ERROR_CODE_EXTENSION);
  const named = code === undefined ? undefined : namedJobOf(event, settings.engineId);
  const job = named === undefined ? undefined : jobNamed(named, view);
  if (code === undefined || job === undefined) return undefined;
  if (job.gone !== undefined) return { kind: 'lateReply', job, reason: job.gone };
  const read = variablesOf(event, settings.data);
  return { kind: 'error', job, code, variables: read.ok ? read.variables : new Map() };
}

function replyByKey(event: CloudEvent, view: RouterView, settings: IncomingSettings): Routing | undefined {
  const named = namedJobOf(event, settings.engineId);
  if (named === undefined) return undefined;
  const job = jobNamed(named, view);
  if (!job) return hasMessageUse(event, view) ? undefined : { kind: 'unknownJob', jobKey: named };
  if (job.waitType !== undefined && job.waitType !== typeOf(event)) return undefined;
  return replyTo(job, event, settings);
}

function hasMessageUse(event: CloudEvent, view: RouterView): boolean {
  return view.isMessageName(typeOf(event)) || view.isReplyType(typeOf(event));
}

function replyByType(event: CloudEvent, view: RouterView, settings: IncomingSettings): Routing | undefined {
  const key = correlationKeyOf(event);
  if (key === undefined) return undefined;
  const jobs = view
    .jobsWaitingFor(typeOf(event), key)
    .filter((candidate) => jobEventId(settings.engineId, candidate.jobKey) !== idOf(event));
  const job = jobs.find((candidate) => candidate.gone === undefined) ?? jobs.at(-1);
  if (!job) return undefined;
  // A job that is gone does not keep a message from those who wait for it.
  if (job.gone !== undefined && view.isMessageName(typeOf(event))) return undefined;
  return replyTo(job, event, settings);
}

function replyTo(job: WaitingJob, event: CloudEvent, settings: IncomingSettings): Routing {
  if (job.gone !== undefined) return { kind: 'lateReply', job, reason: job.gone };
  const read = variablesOf(event, settings.data);
  return read.ok
    ? { kind: 'reply', job, variables: read.variables }
    : { kind: 'unusableReply', job, reason: read.reason };
}

/** Messages and start mappings both apply. */
function messageOf(
  event: CloudEvent,
  view: RouterView,
  settings: IncomingSettings,
  now: number,
): Routing | undefined {
  const type = typeOf(event);
  if (!view.isMessageName(type)) return undefined;
  const { timeToLive, data = DEFAULT_DATA } = settings;
  return { kind: 'messages', ...planMessages(event, view.audience(type), { ...data, timeToLive }, now) };
}

function earlyReply(
  event: CloudEvent,
  view: RouterView,
  settings: IncomingSettings,
  now: number,
): Routing | undefined {
  const correlationKey = correlationKeyOf(event);
  if (correlationKey === undefined || !view.isReplyType(typeOf(event))) return undefined;
  return { kind: 'earlyReply', correlationKey, until: now + lifeOf(event, view, settings, now) };
}

function lifeOf(event: CloudEvent, view: RouterView, settings: IncomingSettings, now: number): number {
  return lifeLeft(event, now) ?? view.timeToLive(typeOf(event)) ?? settings.timeToLive;
}
