import type { XmlElement } from '../xml/element.ts';

/** Namespaces of DMN 1.1 to 1.5, as Zeebe 8.6 takes them. */
const NAMESPACES = new Set([
  'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
  'http://www.omg.org/spec/DMN/20180521/MODEL/',
  'https://www.omg.org/spec/DMN/20191111/MODEL/',
  'https://www.omg.org/spec/DMN/20211108/MODEL/',
  'https://www.omg.org/spec/DMN/20230324/MODEL/',
]);

const words = (text: string): readonly string[] => text.split(' ');
const LOGIC = words('literalExpression invocation decisionTable context functionDefinition relation list');
const NAMED_ELEMENTS = words('decision inputData businessKnowledgeModel knowledgeSource decisionService');
const REQUIREMENTS = words('informationRequirement knowledgeRequirement authorityRequirement');

/** What an element may hold beside `description` and `extensionElements`. What is not listed may hold anything. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  definitions: [
    ...NAMED_ELEMENTS,
    ...words('import itemDefinition textAnnotation association group elementCollection performanceIndicator'),
    ...words('organizationUnit businessContextElement'),
  ],
  decision: [
    ...words(
      'question allowedAnswers variable supportedObjective impactedPerformanceIndicator decisionMaker',
    ),
    ...words('decisionOwner usingProcess usingTask'),
    ...REQUIREMENTS,
    ...LOGIC,
  ],
  businessKnowledgeModel: words('variable encapsulatedLogic knowledgeRequirement authorityRequirement'),
  encapsulatedLogic: ['formalParameter', ...LOGIC],
  functionDefinition: ['formalParameter', ...LOGIC],
  decisionTable: words('input output annotation rule'),
  input: words('inputExpression inputValues'),
  output: words('outputValues defaultOutputEntry'),
  rule: words('inputEntry outputEntry annotationEntry'),
  literalExpression: words('text importedValues'),
  inputExpression: words('text importedValues'),
  outputEntry: words('text importedValues'),
  inputEntry: ['text'],
  context: ['contextEntry'],
  contextEntry: ['variable', ...LOGIC],
  list: LOGIC,
  relation: words('column row'),
  row: LOGIC,
  invocation: ['binding', ...LOGIC],
  binding: ['parameter', ...LOGIC],
};
const COMMON = new Set(words('description extensionElements'));

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  definitions: words('name namespace'),
  decision: ['name'],
  businessKnowledgeModel: ['name'],
  inputData: ['name'],
  variable: ['name'],
  formalParameter: ['name'],
};

const VALUES: Readonly<Record<string, readonly string[]>> = {
  hitPolicy: ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'],
  aggregation: ['SUM', 'COUNT', 'MIN', 'MAX'],
};

/**
 * What of the schema of DMN is not kept, in one line; undefined if nothing. Not the whole schema: the order of
 * elements is free here.
 */
export function schemaProblem(root: XmlElement): string | undefined {
  if (root.name !== 'definitions' || !NAMESPACES.has(root.namespace)) {
    return `the root element is '${root.name}' of '${root.namespace}', not 'definitions' of a version of DMN`;
  }
  const ids = new Set<string>();
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const problem = elementProblem(next, ids);
    if (problem !== undefined) return problem;
    for (const child of next.children) {
      if (child.namespace === root.namespace && child.name !== 'extensionElements') pending.push(child);
    }
  }
  return undefined;
}

function elementProblem(element: XmlElement, ids: Set<string>): string | undefined {
  const { name, attributes } = element;
  const id = attributes.get('id');
  if (id !== undefined && ids.has(id)) return `the id '${id}' is used twice`;
  if (id !== undefined) ids.add(id);
  for (const required of REQUIRED[name] ?? []) {
    if (!attributes.has(required)) return `the element '${name}' needs the attribute '${required}'`;
  }
  if (name === 'decisionTable') {
    for (const [attribute, values] of Object.entries(VALUES)) {
      const value = attributes.get(attribute);
      if (value !== undefined && !values.includes(value))
        return `'${value}' is no value of the attribute '${attribute}'`;
    }
    if (!element.children.some((child) => child.name === 'output')) return 'a decision table has no output';
  }
  return childProblem(element);
}

function childProblem({ name, namespace, children }: XmlElement): string | undefined {
  const allowed = CHILDREN[name];
  if (allowed === undefined) return undefined;
  const own = children.filter((child) => child.namespace === namespace);
  const stranger = own.find((child) => !allowed.includes(child.name) && !COMMON.has(child.name));
  if (stranger !== undefined) return `the element '${name}' cannot hold '${stranger.name}'`;
  if (name !== 'contextEntry' || own.some((child) => LOGIC.includes(child.name))) return undefined;
  return 'a context entry has no expression';
}

/** Whether an element of this name is an expression of DMN. */
export function isLogic({ name }: XmlElement): boolean {
  return LOGIC.includes(name);
}
