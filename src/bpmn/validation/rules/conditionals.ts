import { conditionText } from '../../transform/conditional.ts';
import { childOf, childrenOf, textOf, type XmlNode } from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import { definitionsOf } from './events.ts';
import { checkExpression } from './expressions.ts';

/** Conditional events are of Camunda 8.9; these are its texts. */
export const CONDITIONAL = 'bpmn:ConditionalEventDefinition';

const VARIABLE_EVENTS = ['create', 'update'];

const definition: Rule = (node, problems) => {
  if (childOf(node, 'condition') === undefined) {
    problems.add(node, 'Conditional event must contain an expression for evaluation');
  }
};

const condition: Rule = (node, problems) => {
  const holder = childOf(node, 'condition');
  const text = conditionText(node);
  if (holder === undefined || text === undefined) return;
  if (text === '') {
    problems.add(
      holder,
      "Expected expression but found static value ''. An expression must start with '=' (e.g. '=').",
    );
  } else checkExpression(holder, text, { mandatory: true, feel: true }, problems);
};

const filter: Rule = (node, problems) => {
  for (const event of (textOf(node, 'variableEvents') ?? '').split(',').map((item) => item.trim())) {
    if (event === '' || VARIABLE_EVENTS.includes(event)) continue;
    problems.add(
      node,
      `Variable event '${event}' is not valid. Must be one of: ${VARIABLE_EVENTS.join(', ')} or a comma-separated list of both.`,
    );
  }
  const names = textOf(node, 'variableNames') ?? '';
  if (names.trim() === '') return;
  for (const name of names.split(',').map((item) => item.trim())) {
    if (name === '') {
      problems.add(
        node,
        `Variable names must not contain empty names but '${names}' given. Please provide a comma-separated list of variable names without empty entries.`,
      );
    } else if (name.startsWith('=')) {
      problems.add(
        node,
        `Variable names must be static and cannot be expressions. '${name}' starts with '='.`,
      );
    }
  }
};

/** Of two start events with the same condition nobody could tell which one starts an instance. */
const startConditions: Rule = (process, problems) => {
  const seen = new Set<string>();
  const told = new Set<string>();
  for (const text of startConditionsOf(process)) {
    if (seen.has(text) && !told.has(text)) {
      told.add(text);
      problems.add(
        process,
        `Duplicate condition expression '${text}' found in conditional start events of process '${process.id ?? ''}'. Condition expressions for conditional start events must be unique within a process.`,
      );
    }
    seen.add(text);
  }
};

function startConditionsOf(process: XmlNode): readonly string[] {
  return childrenOf(process, 'flowElements')
    .filter((child) => child.$type === 'bpmn:StartEvent')
    .flatMap(definitionsOf)
    .filter((one) => one.$type === CONDITIONAL)
    .flatMap((one) => conditionText(one) ?? []);
}

/** What the model itself must hold. */
export const CONDITIONAL_DESIGN_RULES: RuleBook = {
  [CONDITIONAL]: [definition],
  'zeebe:ConditionalFilter': [filter],
};

/** Expressions, and what is compared over a process. */
export const CONDITIONAL_RUNTIME_RULES: RuleBook = {
  [CONDITIONAL]: [condition],
  'bpmn:Process': [startConditions],
};
