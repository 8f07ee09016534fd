import { compile, FeelSyntaxError, type FeelValue, scopeOf, typeName } from '../../../feel/index.ts';
import { staticValue } from '../../static-value.ts';
import { childOf, textOf, type XmlNode } from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import { cycleError, isInterval, isZonedDateTime } from '../timer-text.ts';
import { definitionsOf } from './events.ts';
import { isExpression, syntaxError } from './expressions.ts';

/**
 * Deployment evaluates what has no variables to wait for: static timers, and whatever start events of a process say.
 * The clock of these trial evaluations stands still and nothing is random; their results are thrown away.
 */
const TRIAL = { nowMs: (): number => 0, random: (): number => 0 };

type Outcome =
  | { readonly ok: true; readonly value: FeelValue; readonly warnings: string }
  | { readonly ok: false; readonly error: string };

/** Evaluates a text without any variable; undefined if it does not parse, which another rule reports. */
function evaluate(text: string): Outcome | undefined {
  if (!isExpression(text)) return { ok: true, value: staticValue(text), warnings: '' };
  try {
    const result = compile(text.slice(1)).evaluate(scopeOf({}), TRIAL);
    const list = result.warnings.map((warning) => `[${warning.code}] ${warning.message}`).join('\n');
    const warnings = list === '' ? '' : ` The evaluation reported the following warnings:\n${list}`;
    return result.ok
      ? { ok: true, value: result.value, warnings }
      : { ok: false, error: result.message + warnings };
  } catch (error) {
    if (error instanceof FeelSyntaxError) return undefined;
    throw error;
  }
}

function shown(text: string): string {
  return isExpression(text) ? text.slice(1) : text;
}

/** What is wrong with a timer's text; `undefined` if nothing, or if it needs variables. */
function timerError(kind: 'duration' | 'date' | 'cycle', text: string): string | undefined {
  const outcome = evaluate(text);
  if (outcome === undefined) return undefined;
  if (!outcome.ok) return outcome.error;
  const { value, warnings } = outcome;
  const type = typeName(value);
  const mismatch = (expected: string): string =>
    `Expected result of the expression '${shown(text)}' to be ${expected}, but was '${type}'.${warnings}`;
  switch (kind) {
    case 'duration':
      if (type === 'DURATION' || type === 'PERIOD') return undefined;
      if (typeof value !== 'string') return mismatch("one of '[DURATION, PERIOD, STRING]'");
      return isInterval(value)
        ? undefined
        : `Invalid duration format '${value}' for expression '${shown(text)}'.`;
    case 'date':
      if (type === 'DATE_TIME') return undefined;
      if (typeof value !== 'string') return mismatch("one of '[DATE_TIME, STRING]'");
      return isZonedDateTime(value)
        ? undefined
        : `Invalid date-time format '${value}' for expression '${shown(text)}'.`;
    case 'cycle':
      return typeof value === 'string' ? cycleError(value) : mismatch("'STRING'");
  }
}

function isProcessStart(event: XmlNode): boolean {
  return event.$type === 'bpmn:StartEvent' && event.$parent?.$type === 'bpmn:Process';
}

const timer: Rule = (event, problems) => {
  for (const definition of definitionsOf(event)) {
    if (definition.$type !== 'bpmn:TimerEventDefinition') continue;
    for (const [child, kind] of [
      ['timeDuration', 'duration'],
      ['timeCycle', 'cycle'],
      ['timeDate', 'date'],
    ] as const) {
      const holder = childOf(definition, child);
      if (holder === undefined) continue;
      const text = textOf(holder, 'body') ?? '';
      const error = isProcessStart(event) || !isExpression(text) ? timerError(kind, text) : undefined;
      if (error !== undefined) problems.add(event, `Invalid timer ${kind} expression (${error})`);
      break;
    }
  }
};

/** Names of messages and signals that start a process are needed before there is any variable. */
function constantName(kind: 'message' | 'signal'): Rule {
  return (event, problems) => {
    if (!isProcessStart(event)) return;
    for (const definition of definitionsOf(event)) {
      const referred = childOf(definition, `${kind}Ref`);
      const name = referred && textOf(referred, 'name');
      if (!name) continue;
      const broken = isExpression(name) ? syntaxError(name.slice(1)) : undefined;
      const outcome: Outcome | undefined =
        broken === undefined ? evaluate(name) : { ok: false, error: broken };
      if (outcome === undefined) continue;
      if (!outcome.ok) {
        problems.add(
          event,
          `Expected constant expression but found '${name}', which could not be evaluated without context: ${outcome.error}`,
        );
      } else if (typeof outcome.value !== 'string') {
        problems.add(
          event,
          `Expected constant expression of type String for ${kind} name '${name}', but was ${typeName(outcome.value)}`,
        );
      }
    }
  };
}

/** Rules for what must have a value before any instance runs. */
export const CONSTANT_RULES: RuleBook = {
  'bpmn:StartEvent': [timer, constantName('message'), constantName('signal')],
  'bpmn:BoundaryEvent': [timer],
  'bpmn:IntermediateCatchEvent': [timer],
};
