import { compile, FeelSyntaxError } from '../../../feel/index.ts';
import { childOf, ownText, textOf, type XmlNode } from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import type { Problems } from '../problems.ts';
import { isZonedDateTime } from '../timer-text.ts';

interface Demand {
  readonly mandatory?: boolean;
  /** A static value will not do. */
  readonly feel?: boolean;
  /** What a static value must be. */
  readonly statically?: { readonly holds: (text: string) => boolean; readonly description: string };
}

/** A `=` alone is a static text. */
export function isExpression(text: string): boolean {
  return text.startsWith('=') && text.length > 1;
}

/** Checks one text that may be an expression. Empty counts as absent, as in Zeebe's model library. */
export function checkExpression(
  node: XmlNode,
  text: string | undefined,
  demand: Demand,
  problems: Problems,
): void {
  if (text === undefined || text === '') {
    if (demand.mandatory) problems.add(node, 'Expected expression but not found.');
    return;
  }
  if (isExpression(text)) {
    const failure = syntaxError(text.slice(1));
    if (failure !== undefined) problems.add(node, failure);
    return;
  }
  if (demand.feel) {
    problems.add(node, notAnExpression(text));
  } else if (demand.statically !== undefined && !demand.statically.holds(text)) {
    problems.add(node, `Expected static value to ${demand.statically.description}, but found '${text}'.`);
  }
}

function notAnExpression(text: string): string {
  return `Expected expression but found static value '${text}'. An expression must start with '=' (e.g. '=${text}').`;
}

export function syntaxError(text: string): string | undefined {
  try {
    compile(text);
    return undefined;
  } catch (error) {
    if (error instanceof FeelSyntaxError) return error.message;
    throw error;
  }
}

export function expression(attribute: string, demand: Demand): Rule {
  return (node, problems) => checkExpression(node, textOf(node, attribute), demand, problems);
}

/** An expression in a child element of its own, such as a time or a completion condition. */
export function nested(child: string, demand: Demand): Rule {
  return (node, problems) => {
    const holder = childOf(node, child);
    if (holder !== undefined) checkExpression(node, textOf(holder, 'body') ?? '', demand, problems);
  };
}

const PATH = '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*';
const PATH_PATTERN = new RegExp(`^${PATH}$`);
const RESERVED = [
  'null',
  'true',
  'false',
  'function',
  'if',
  'then',
  'else',
  'for',
  'between',
  'instance',
  'of',
];

const targetPath: Rule = (node, problems) => {
  const path = textOf(node, 'target');
  if (!path) {
    problems.add(node, 'Expected path expression but not found.');
    return;
  }
  if (!PATH_PATTERN.test(path)) {
    problems.add(node, `Expected path expression '${path}' but doesn't match the pattern '${PATH}'.`);
  }
  if (RESERVED.includes(path)) {
    problems.add(
      node,
      `Expected path expression '${path}' but is one of the reserved words (${RESERVED.join(', ')}).`,
    );
  }
};

const condition: Rule = (flow, problems) => {
  const holder = childOf(flow, 'conditionExpression');
  if (holder === undefined) return;
  const text = textOf(holder, 'body') ?? '';
  if (text === '') problems.add(holder, notAnExpression(text));
  else checkExpression(holder, text, { feel: true }, problems);
};

const csv = {
  holds: (text: string): boolean => text.split(',').every((value) => value.trim() !== ''),
  description: "be a list of comma-separated values, e.g. 'a,b,c'",
};
const dateTime = {
  holds: isZonedDateTime,
  description: "be a valid DateTime String, e.g. '2023-03-02T15:35+02:00'",
};
const priority = {
  holds: (text: string): boolean => /^[+-]?\d+$/.test(text.trim()),
  description: 'be a valid Number between 0 and 100',
};

const priorityRange: Rule = (node, problems) => {
  const text = ownText(node, 'priority')?.trim() ?? '';
  if (!/^[+-]?\d+$/.test(text)) return;
  if (Number(text) < 0 || Number(text) > 100) {
    problems.add(node, `Priority must be a number between 0 and 100, but was '${text}'.`);
  }
};

/** Rules for texts that may be FEEL expressions. What they find replaces what the other rules found. */
export const EXPRESSION_RULES: readonly RuleBook[] = [
  {
    'zeebe:Input': [expression('source', { mandatory: true }), targetPath],
    'zeebe:Output': [expression('source', { mandatory: true, feel: true }), targetPath],
    'bpmn:Message': [expression('name', {})],
    'bpmn:Signal': [expression('name', {})],
    'zeebe:Subscription': [expression('correlationKey', { mandatory: true, feel: true })],
    'zeebe:LoopCharacteristics': [
      expression('inputCollection', { mandatory: true, feel: true }),
      expression('outputElement', { feel: true }),
    ],
    'bpmn:SequenceFlow': [condition],
    'zeebe:TaskDefinition': [expression('type', { mandatory: true }), expression('retries', {})],
    'zeebe:TaskListener': [expression('type', {}), expression('retries', {})],
    'zeebe:CalledElement': [expression('processId', { mandatory: true })],
    'zeebe:CalledDecision': [expression('decisionId', { mandatory: true })],
    'zeebe:Script': [expression('expression', { mandatory: true, feel: true })],
    'zeebe:AssignmentDefinition': [
      expression('assignee', {}),
      expression('candidateGroups', { statically: csv }),
      expression('candidateUsers', { statically: csv }),
    ],
    'zeebe:TaskSchedule': [
      expression('dueDate', { statically: dateTime }),
      expression('followUpDate', { statically: dateTime }),
    ],
    'zeebe:PriorityDefinition': [expression('priority', { statically: priority }), priorityRange],
    'bpmn:TimerEventDefinition': [
      nested('timeDate', {}),
      nested('timeDuration', {}),
      nested('timeCycle', {}),
    ],
    'bpmn:MultiInstanceLoopCharacteristics': [nested('completionCondition', {})],
  },
];
