import type { StatePort } from '../../engine/state/port.ts';
import { MESSAGE_SUBSCRIPTIONS, type MessageSubscriptionRow } from '../../engine/state/tables.ts';
import type { Audience, EventRule, Listener, NearMiss, RouterView } from '../../router/index.ts';
import type { Bindings } from './bindings.ts';
import type { EventStores } from './stores.ts';
import type { Waits } from './waits.ts';

const MOST_NEAR_MISSES = 5;
const NOBODY: readonly Listener[] = [];

/** What the router may ask about the present moment: models, configuration, the engine's state and waiting jobs. */
export function routerView(
  state: StatePort,
  bindings: Bindings,
  { waits, startMappings }: Pick<EventStores, 'waits' | 'startMappings'>,
  rules: ReadonlyMap<string, EventRule>,
): RouterView {
  const { listeners, waitTypes } = bindings.of(state);
  const isName = (name: string): boolean =>
    listeners.has(name) || startMappings.isToldName(name) || isAwaited(state, name);
  const read = (type: string): Audience => {
    const rule = rules.get(type);
    const own = rule?.message ?? rule?.type;
    const names = new Set<string>();
    if (rule !== undefined && own !== undefined && (rule.listed || isName(own))) names.add(own);
    if (own !== type && isName(type)) names.add(type);
    const starts = startMappings.targets(type);
    return {
      ...(rule && { rule }),
      messages: [...names].map((name) => ({ name, listeners: listeners.get(name) ?? NOBODY })),
      starts:
        rule === undefined || rule.type === type ? starts : [...startMappings.targets(rule.type), ...starts],
    };
  };
  // Asked several times of one event.
  let known: { readonly type: string; readonly audience: Audience } | undefined;
  const audience = (type: string): Audience => {
    if (known?.type !== type) known = { type, audience: read(type) };
    return known.audience;
  };
  return {
    job: (key) => waits.get(key),
    jobsWaitingFor: (type, key) => waits.find(type, key),
    isMessageName: (type) => {
      const { messages, starts } = audience(type);
      return messages.length + starts.length > 0;
    },
    audience,
    timeToLive: (type) => rules.get(type)?.use.timeToLive,
    isReplyType: (type) => waitTypes.has(type),
  };
}

/** Open waits that an event without a home nearly met, at most five. */
export function nearMisses(
  state: StatePort,
  waits: Waits,
  messageName: string,
  key: string | undefined,
): NearMiss[] {
  const options = { limit: MOST_NEAR_MISSES };
  const found = [...state.scan(MESSAGE_SUBSCRIPTIONS, 'open', [messageName], options)].map(nearMissOf);
  if (key !== undefined && key !== '')
    for (const row of state.scan(MESSAGE_SUBSCRIPTIONS, 'openByKey', [key], options))
      if (row.openName !== null && row.openName !== messageName) found.push(nearMissOf(row));
  if (found.length < MOST_NEAR_MISSES) found.push(...waits.near(messageName, key, MOST_NEAR_MISSES));
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
