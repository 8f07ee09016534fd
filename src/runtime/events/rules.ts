import { definedOf, type EventRule, formulaOf, keyFormulaOf } from '../../router/index.ts';
import type { StartMapping } from './start-mappings.ts';

/** What `tutti.yaml` says of the events of one type; data only, as it goes to the writer's thread. */
export interface EventTypeSettings {
  readonly type: string;
  /** Older names of the type: their events are treated as if they had this one. */
  readonly aliases?: readonly string[];
  /** Name of the message that they become. @defaultValue the type */
  readonly message?: string;
  /** An attribute, a path into the data, or FEEL that begins with `=`. */
  readonly correlationKey?: string;
  /** FEEL. */
  readonly activationCondition?: string;
  readonly resultVariable?: string;
  /** FEEL that gives a context. */
  readonly resultExpression?: string;
  /** FEEL. */
  readonly messageId?: string;
  /** ms */
  readonly timeToLive?: number;
  readonly start?: readonly Omit<StartMapping, 'type' | 'origin'>[];
}

/** Rules by type, under each of the type's names. */
export function rulesOf(settings: readonly EventTypeSettings[]): ReadonlyMap<string, EventRule> {
  const rules = new Map<string, EventRule>();
  for (const entry of settings) {
    const rule = ruleOf(entry);
    for (const type of [entry.type, ...(entry.aliases ?? [])]) rules.set(type, rule);
  }
  return rules;
}

/** The start mappings of all types; those of an alias are found under the type that it stands for. */
export function startsOf(settings: readonly EventTypeSettings[]): StartMapping[] {
  return settings.flatMap(({ type, start = [] }) =>
    start.map((mapping) => ({ ...mapping, type, origin: 'file' as const })),
  );
}

function ruleOf(entry: EventTypeSettings): EventRule {
  const {
    type,
    message,
    start = [],
    correlationKey,
    activationCondition,
    resultExpression,
    messageId,
  } = entry;
  const formula = (text: string | undefined) => (text === undefined ? undefined : formulaOf(text));
  return {
    type,
    ...(message !== undefined && { message }),
    // A type that only starts processes should not leave messages behind that nobody waits for.
    listed: message !== undefined || start.length === 0,
    use: definedOf<EventRule['use']>({
      correlationKey: correlationKey === undefined ? undefined : keyFormulaOf(correlationKey),
      condition: formula(activationCondition),
      resultVariable: entry.resultVariable,
      resultExpression: formula(resultExpression),
      messageId: formula(messageId),
      timeToLive: entry.timeToLive,
    }),
  };
}
