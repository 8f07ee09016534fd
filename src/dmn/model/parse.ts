import { childNamed, childrenNamed, type XmlElement } from '../xml/element.ts';
import { readXml, XmlError } from '../xml/read.ts';
import { DECISION_GRAPH_FORMAT, type Decision, type DecisionGraph, type Knowledge } from './graph.ts';
import { LogicParser, parametersOf } from './logic.ts';
import { mutableMapOrder } from './order.ts';
import { type ById, ModelError, requiredFirst, requiredIds } from './requirements.ts';
import { isLogic, schemaProblem } from './schema.ts';

/** What a DMN file holds for the engine, or why Zeebe would refuse it. */
export type ParsedDecisions =
  | { readonly ok: true; readonly graph: DecisionGraph }
  | { readonly ok: false; readonly problems: string };

const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';
/** What Zeebe says of everything that is no DMN by its schema. We add why. */
const NO_MODEL = 'Failed to parse DMN: org.camunda.bpm.model.dmn.DmnModelException: Unable to parse model';

/**
 * Reads a DMN file of version 1.1 to 1.5.
 *
 * @param resourceName name under which the file is deployed; it stands in the texts of refusals
 * @param xml the file's text, decoded from UTF-8
 * @returns the graph, or the block of text that Zeebe 8.6 lists for this file in a refused deployment. Never throws
 *   for bad input.
 */
export function parseDmn(resourceName: string, xml: string): ParsedDecisions {
  const refused = (problems: string): ParsedDecisions => ({
    ok: false,
    problems: `'${resourceName}': ${problems}`,
  });
  try {
    const root = readXml(xml);
    if (schemaProblem(root) !== undefined) return refused(NO_MODEL);
    const parser = new LogicParser();
    const graph = graphOf(root, parser);
    return parser.failures.length === 0 ? { ok: true, graph } : refused(parser.failures.join('\n'));
  } catch (error) {
    if (error instanceof XmlError) return refused(NO_MODEL);
    if (error instanceof ModelError) return refused(error.message);
    throw error;
  }
}

/**
 * Why `parseDmn` says that it is unable to parse the model, in words that help: Zeebe does not tell.
 * Undefined if the text is a model.
 */
export function whyNoModel(xml: string): string | undefined {
  try {
    return schemaProblem(readXml(xml));
  } catch (error) {
    if (error instanceof XmlError) return error.message;
    throw error;
  }
}

function graphOf(root: XmlElement, parser: LogicParser): DecisionGraph {
  const decisions = byId(root, 'decision');
  const knowledge = byId(root, 'businessKnowledgeModel');
  const decisionOrder = requiredFirst([...decisions.keys()], (id) =>
    requiredIds(elementOf(decisions, id), 'informationRequirement', decisions),
  );
  if (decisionOrder === undefined)
    throw new ModelError('Invalid DMN model: Cyclic dependencies between decisions detected.');
  const knows = (id: string) => requiredIds(elementOf(knowledge, id), 'knowledgeRequirement', knowledge);
  if (requiredFirst([...knowledge.keys()], knows) === undefined)
    throw new ModelError('Invalid DMN model: Cyclic dependencies between BKMs detected.');

  const parsed = new Map<string, Decision>();
  const parsedKnowledge = new Map<string, Knowledge>();
  for (const id of decisionOrder) {
    const element = elementOf(decisions, id);
    const known = requiredIds(element, 'knowledgeRequirement', knowledge);
    for (const needed of requiredFirst(known, knows) ?? []) {
      if (parsedKnowledge.has(needed)) continue;
      const model = knowledgeOf(elementOf(knowledge, needed), needed, knows(needed), parser);
      parsedKnowledge.set(needed, model);
      parser.knowledge.set(model.name, needed);
    }
    const requires = requiredIds(element, 'informationRequirement', decisions);
    parsed.set(id, decisionOf(element, id, requires, known, parser));
  }
  const id = root.attributes.get('id');
  if (id === undefined) throw new ModelError("the element 'definitions' needs an id");
  return {
    format: DECISION_GRAPH_FORMAT,
    id,
    name: root.attributes.get('name') ?? '',
    decisions: mutableMapOrder([...parsed.keys()]).flatMap((key) => parsed.get(key) ?? []),
    knowledge: [...parsedKnowledge.values()],
  };
}

/** What Zeebe says of a decision without an id. */
const NO_ID = 'Cannot invoke "String.getBytes(java.nio.charset.Charset)" because "value" is null';

function byId(root: XmlElement, name: string): ById {
  return new Map(
    childrenNamed(root, name).map((element) => {
      const id = element.attributes.get('id');
      if (id === undefined) throw new ModelError(NO_ID);
      return [id, element] as const;
    }),
  );
}

function elementOf(elements: ById, id: string): XmlElement {
  const element = elements.get(id);
  if (element === undefined) throw new ModelError(`Unable to find a model element instance for id ${id}`);
  return element;
}

function decisionOf(
  element: XmlElement,
  id: string,
  requires: readonly string[],
  knows: readonly string[],
  parser: LogicParser,
): Decision {
  const variable = childNamed(element, 'variable')?.attributes;
  const resultType = variable?.get('typeRef');
  const versionTag = versionTagOf(element);
  return {
    id,
    name: element.attributes.get('name') ?? '',
    resultName: variable?.get('name') ?? id,
    ...(resultType === undefined ? {} : { resultType }),
    requires,
    knows,
    logic: parser.ofDecision(element.children.find(isLogic)),
    ...(versionTag === undefined ? {} : { versionTag }),
  };
}

function versionTagOf(element: XmlElement): string | undefined {
  const extensions = childNamed(element, 'extensionElements')?.children ?? [];
  const tag = extensions.find(({ name, namespace }) => name === 'versionTag' && namespace === ZEEBE);
  return tag?.attributes.get('value');
}

function knowledgeOf(
  element: XmlElement,
  id: string,
  knows: readonly string[],
  parser: LogicParser,
): Knowledge {
  const encapsulated = childNamed(element, 'encapsulatedLogic');
  const base = { id, name: element.attributes.get('name') ?? '', knows };
  if (encapsulated === undefined) return { ...base, parameters: [] };
  const parameters = parametersOf(encapsulated);
  return { ...base, parameters, logic: parser.ofKnowledge(encapsulated.children.find(isLogic)) };
}
