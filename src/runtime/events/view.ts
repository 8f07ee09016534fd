import { type CloudEvent, typeOf } from '../../cloudevents/index.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { MESSAGE_SUBSCRIPTIONS, type MessageSubscriptionRow } from '../../engine/state/tables.ts';
import { correlationKeyOf, type NearMiss, type RouterView } from '../../router/index.ts';
import type { Bindings } from './bindings.ts';
import type { Waits } from './waits.ts';

const MOST_NEAR_MISSES = 5;

/** What the router may ask about the present moment, from models, the engine's state and the waiting jobs. */
export function routerView(state: StatePort, bindings: Bindings, waits: Waits): RouterView {
  const models = bindings.of(state);
  return {
    job: (key) => waits.get(key),
    jobsWaitingFor: (type, key) => waits.find(type, key),
    isMessageName: (type) => models.messages.has(type) || isAwaited(state, type),
    isStartName: (type) => models.starts.has(type),
    timeToLive: (type) => models.messages.get(type),
    isReplyType: (type) => models.waitTypes.has(type),
  };
}

/** Open waits that an event without a home nearly met, at most five. */
export function nearMisses(state: StatePort, waits: Waits, event: CloudEvent): NearMiss[] {
  const type = typeOf(event);
  const key = correlationKeyOf(event);
  const options = { limit: MOST_NEAR_MISSES };
  const found = [...state.scan(MESSAGE_SUBSCRIPTIONS, 'open', [type], options)].map(nearMissOf);
  if (key !== undefined && key !== '')
    for (const row of state.scan(MESSAGE_SUBSCRIPTIONS, 'openByKey', [key], options))
      if (row.openName !== null && row.openName !== type) found.push(nearMissOf(row));
  if (found.length < MOST_NEAR_MISSES) found.push(...waits.near(type, key, MOST_NEAR_MISSES));
  return found.slice(0, MOST_NEAR_MISSES);
}

function isAwaited(state: StatePort, name: string): boolean {
  for (const _row of state.scan(MESSAGE_SUBSCRIPTIONS, 'open', [name], { limit: 1 })) return true;
  return false;
}

function nearMissOf({ value }: MessageSubscriptionRow): NearMiss {
  return {
    messageName: value.messageName,
    correlationKey: value.correlationKey,
    processInstanceKey: String(value.processInstanceKey),
    elementId: value.elementId,
  };
}
