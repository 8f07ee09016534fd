import { attribute, type CloudEvent, idOf, typeOf } from '../cloudevents/index.ts';
import type { Document } from '../engine/records/record.ts';
import { type DataSettings, DEFAULT_DATA } from './data.ts';
import type { FailureMapping } from './failure-mapping.ts';
import {
  type Audience,
  correlationKeyOf,
  expiryOf,
  lifeLeft,
  type MessagePlan,
  planMessages,
} from './message-plan.ts';
import { isEventOfJob } from './outgoing.ts';
import { effectOfReply, isAnswer, jobKeyOf, namesJobBySubject } from './replies.ts';

/** A job that the router serves and that waits, or waited, for an event. */
export interface WaitingJob {
  readonly jobKey: number;
  readonly processInstanceKey: number;
  readonly elementId: string;
  readonly waitType?: string;
  readonly correlationKey?: string;
  readonly mapping?: FailureMapping;
  /** Events that led to the one it has sent, one after the other. @defaultValue 0 */
  readonly hops?: number;
  /** Set if the job failed and may be tried again: why it does not wait now. */
  readonly resting?: string;
  /** Absent while the job waits; else why it waits no more. */
  readonly gone?: string;
}

/** What the router may ask about the present moment. All look-ups are by index. */
export interface RouterView {
  job(jobKey: number): WaitingJob | undefined;
  /** Jobs to which an event of this type would be a reply, also one that throws an error or fails the job. */
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
  | {
      readonly kind: 'errorReply';
      readonly job: WaitingJob;
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly variables: Document;
      /** Why its data set no variables, if they do not. */
      readonly note?: string;
    }
  | {
      readonly kind: 'failReply';
      readonly job: WaitingJob;
      readonly reason: string;
      readonly variables: Document;
      readonly note?: string;
    }
  | { readonly kind: 'unusableReply'; readonly job: WaitingJob; readonly reason: string }
  | { readonly kind: 'lateReply'; readonly job: WaitingJob; readonly reason: string }
  | { readonly kind: 'unknownJob'; readonly jobKey: string }
  | {
      readonly kind: 'earlyReply';
      readonly correlationKey: string;
      readonly until: number;
      /** The one job that it is kept for, if it is known. */
      readonly jobKey?: number;
    }
  | ({ readonly kind: 'messages' } & MessagePlan)
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'unmatched' };

/**
 * Decides what an event means: a reply to a waiting job, else a message, else nothing that a process can use.
 * A reply is only a reply. Order of the tests as in the router's contract: job key, subject of three keys, the
 * first router's extension `zeebe`, then type and correlation key.
 */
export function route(event: CloudEvent, view: RouterView, settings: IncomingSettings, now: number): Routing {
  const expiry = expiryOf(event);
  if (expiry !== undefined && expiry <= now) {
    return {
      kind: 'expired',
      reason: `Its expirytime ${attribute(event, 'expirytime')} had passed when it arrived.`,
    };
  }
  return (
    replyByKey(event, view, settings, now) ??
    replyByType(event, view, settings, now) ??
    messageOf(event, view, settings, now) ??
    earlyReply(event, view, settings, now) ?? { kind: 'unmatched' }
  );
}

function replyByKey(
  event: CloudEvent,
  view: RouterView,
  settings: IncomingSettings,
  now: number,
): Routing | undefined {
  const named = jobKeyOf(event);
  // The event that a job sent carries its key too; it is not its own reply.
  if (named === undefined || isEventOfJob(idOf(event), settings.engineId, named)) return undefined;
  const key = Number(named);
  const job = /^\d{1,16}$/.test(named) && Number.isSafeInteger(key) ? view.job(key) : undefined;
  if (!job) return hasOtherUse(event, view) ? undefined : { kind: 'unknownJob', jobKey: named };
  return isAnswer(event, job) ? replyTo(job, event, view, settings, now) : undefined;
}

/** True if an event that names a job nobody knows may still be a message, or a reply by its correlation key. */
function hasOtherUse(event: CloudEvent, view: RouterView): boolean {
  if (view.isMessageName(typeOf(event))) return true;
  const isKeyed = attribute(event, 'correlationkey') !== undefined || !namesJobBySubject(event);
  return isKeyed && correlationKeyOf(event) !== undefined && view.isReplyType(typeOf(event));
}

function replyByType(
  event: CloudEvent,
  view: RouterView,
  settings: IncomingSettings,
  now: number,
): Routing | undefined {
  const key = correlationKeyOf(event);
  if (key === undefined) return undefined;
  const jobs = view
    .jobsWaitingFor(typeOf(event), key)
    .filter(({ jobKey }) => !isEventOfJob(idOf(event), settings.engineId, jobKey));
  const present = jobs.filter(({ gone }) => gone === undefined);
  const job = present.find(({ resting }) => resting === undefined) ?? present[0] ?? jobs.at(-1);
  if (!job) return undefined;
  // A job that is gone does not keep a message from those who wait for it.
  if (job.gone !== undefined && view.isMessageName(typeOf(event))) return undefined;
  return replyTo(job, event, view, settings, now);
}

function replyTo(
  job: WaitingJob,
  event: CloudEvent,
  view: RouterView,
  settings: IncomingSettings,
  now: number,
): Routing {
  if (job.gone !== undefined) return { kind: 'lateReply', job, reason: job.gone };
  if (job.resting !== undefined) {
    const until = now + lifeOf(event, view, settings, now);
    return { kind: 'earlyReply', correlationKey: correlationKeyOf(event) ?? '', until, jobKey: job.jobKey };
  }
  return effectOfReply(event, job, settings.data);
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
