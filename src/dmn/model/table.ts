import { childNamed, childrenNamed, type XmlElement } from '../xml/element.ts';
import type { Aggregator, DecisionTable, HitPolicy, TableOutput, TableRule } from './graph.ts';
import type { LogicParser } from './logic.ts';

/** Reads a decision table; the schema has been checked before. */
export function tableOf(element: XmlElement, parser: LogicParser): DecisionTable {
  const hitPolicy = (element.attributes.get('hitPolicy') ?? 'UNIQUE') as HitPolicy;
  const aggregator = element.attributes.get('aggregation') as Aggregator | undefined;
  const outputElements = childrenNamed(element, 'output');
  if (outputElements.length > 1 && hitPolicy === 'COLLECT' && aggregator !== undefined)
    parser.fail(`hit policy 'COLLECT' with aggregator is not defined for compound output`);
  const inputs = childrenNamed(element, 'input').map((input) => {
    const expression = childNamed(input, 'inputExpression');
    const text = expression === undefined ? 'null' : parser.expression(expression);
    return { id: idOf(input), name: input.attributes.get('label') || text, text };
  });
  const outputs = outputElements.map((output) => outputOf(output, outputElements.length > 1, parser));
  const ruleElements = childrenNamed(element, 'rule');
  const rules: TableRule[] = [];
  for (const rule of ruleElements) {
    const tests = childrenNamed(rule, 'inputEntry').map((entry) => parser.unaryTests(entry));
    const values = childrenNamed(rule, 'outputEntry').map((entry) => parser.expression(entry));
    rules.push({ id: idOf(rule), tests, values });
  }
  return { hitPolicy, ...(aggregator === undefined ? {} : { aggregator }), inputs, outputs, rules };
}

/** Only the output of a table with one may be without a name; Zeebe's texts then show it as `null`. */
function outputOf(output: XmlElement, needsName: boolean, parser: LogicParser): TableOutput {
  const { attributes } = output;
  const name = attributes.get('name') || undefined;
  const label = attributes.get('label') || undefined;
  if (name === undefined && needsName) parser.fail(`no output name defined for \`${label ?? null}\``);
  const values = childNamed(childNamed(output, 'outputValues') ?? output, 'text')?.text;
  const fallback = childNamed(output, 'defaultOutputEntry');
  return {
    id: idOf(output),
    name: name ?? 'null',
    label: label ?? name ?? '',
    values:
      values === undefined ? [] : values.split(',').map((value) => value.trim().replaceAll(/["']/g, '')),
    ...(fallback === undefined ? {} : { default: parser.expression(fallback) }),
  };
}

/** Modelers write ids; where there is none the record has an empty one. */
function idOf(element: XmlElement): string {
  return element.attributes.get('id') ?? '';
}
