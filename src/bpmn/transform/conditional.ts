import { compile } from '../../feel/index.ts';
import type { ConditionalDefinition, VariableEvent } from '../graph.ts';
import { childOf, extensionOf, textOf, type XmlNode } from '../xml/node.ts';

/** The text of a condition as Zeebe's model reads it: without the blanks around it. */
export function conditionText(definition: XmlNode): string | undefined {
  const condition = childOf(definition, 'condition');
  return condition === undefined ? undefined : (textOf(condition, 'body') ?? '').trim();
}

/** Comma-separated values of a filter, without blanks and empty entries. */
function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * The condition of a conditional event definition that was checked. The variables that matter are those that the
 * filter names, else those that the expression reads (Camunda 8.9, concepts/conditionals).
 */
export function conditionalOf(definition: XmlNode): ConditionalDefinition | undefined {
  const condition = conditionText(definition);
  if (condition?.startsWith('=') !== true) return undefined;
  const text = condition.slice(1);
  const filter = extensionOf(definition, 'zeebe:ConditionalFilter');
  const names = listed(filter && textOf(filter, 'variableNames'));
  const events = listed(filter && textOf(filter, 'variableEvents'));
  return {
    condition: { kind: 'feel', text },
    source: condition,
    variableNames: names.length > 0 ? names : compile(text).variables,
    variableEvents: events.filter(
      (event): event is VariableEvent => event === 'create' || event === 'update',
    ),
  };
}
