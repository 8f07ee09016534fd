const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

/** Attributes without which BPMN's schema knows no such element, in the order in which it asks for them. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  definitions: ['targetNamespace'],
  boundaryEvent: ['attachedToRef'],
  sequenceFlow: ['sourceRef', 'targetRef'],
  messageFlow: ['sourceRef', 'targetRef'],
  association: ['sourceRef', 'targetRef'],
  linkEventDefinition: ['name'],
};
const BOOLEANS = new Set([
  'isExecutable',
  'isClosed',
  'isInterrupting',
  'cancelActivity',
  'parallelMultiple',
  'triggeredByEvent',
  'isForCompensation',
  'isSequential',
  'waitForCompletion',
  'isImmediate',
  'instantiate',
]);
/** Attributes and elements that are typed IDREF: what they name must exist. Other references may lead nowhere. */
const REFERRING_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  sequenceFlow: ['sourceRef', 'targetRef'],
  exclusiveGateway: ['default'],
  inclusiveGateway: ['default'],
  complexGateway: ['default'],
};
const REFERRING_ELEMENTS = new Set(['flowNodeRef']);
/** What comes first inside an element, in this order; everything else comes after it. */
const ORDER = ['documentation', 'extensionElements', 'auditing', 'monitoring', 'categoryValueRef'];
const NODE_ORDER = [...ORDER, 'incoming', 'outgoing'];
const NAME = /^[\p{L}_][\p{L}\p{N}._\-·]*$/u;

interface OpenElement {
  readonly qualified: string;
  /** The local name if the element is BPMN's own. */
  readonly local: string | undefined;
  readonly namespaces: ReadonlyMap<string, string>;
  /** How far in {@link NODE_ORDER} its children have come. */
  rank: number;
}

/**
 * Holds the tags of a model against the parts of BPMN's schema that modellers and hand-written files run into.
 * Each method answers the first thing that is wrong, in the words of the XML parser that Zeebe uses.
 */
export class SchemaCheck {
  readonly #open: OpenElement[] = [];
  readonly #ids = new Set<string>();
  readonly #references: string[] = [];

  /** @param line where the start tag ends */
  start(qualified: string, attributes: ReadonlyMap<string, string>, line: number): string | undefined {
    const parent = this.#open.at(-1);
    const namespaces = namespacesOf(attributes, parent?.namespaces ?? new Map());
    const [prefix, local] = splitName(qualified);
    const own = namespaces.get(prefix) === BPMN ? local : undefined;
    this.#open.push({ qualified, local: own, namespaces, rank: 0 });
    const error = (text: string): string => `Error: URI=null Line=${line}: ${text}`;
    if (parent === undefined && own !== 'definitions')
      return error(`cvc-elt.1.a: Cannot find the declaration of element '${qualified}'.`);
    if (own === undefined) return undefined;
    const problem = misplaced(parent, own) ?? this.#attributeProblem(qualified, own, attributes);
    return problem === undefined ? undefined : error(problem);
  }

  /** The text between two tags of the innermost open element. */
  text(text: string): void {
    const local = this.#open.at(-1)?.local;
    if (local !== undefined && REFERRING_ELEMENTS.has(local) && text.trim() !== '')
      this.#references.push(text.trim());
  }

  /** @param line where the end tag ends */
  end(line: number): string | undefined {
    this.#open.pop();
    if (this.#open.length > 0) return undefined;
    const missing = this.#references.find((id) => !this.#ids.has(id));
    if (missing === undefined) return undefined;
    return `Error: URI=null Line=${line}: cvc-id.1: There is no ID/IDREF binding for IDREF '${missing}'.`;
  }

  #attributeProblem(
    qualified: string,
    local: string,
    attributes: ReadonlyMap<string, string>,
  ): string | undefined {
    for (const [name, value] of attributes) {
      if (BOOLEANS.has(name) && !['true', 'false', '0', '1'].includes(value.trim()))
        return `cvc-datatype-valid.1.2.1: '${value}' is not a valid value for 'boolean'.`;
      if (name !== 'id') continue;
      if (!NAME.test(value.trim()))
        return `cvc-datatype-valid.1.2.1: '${value}' is not a valid value for 'NCName'.`;
      if (this.#ids.has(value.trim()))
        return `cvc-id.2: There are multiple occurrences of ID value '${value.trim()}'.`;
      this.#ids.add(value.trim());
    }
    for (const name of REFERRING_ATTRIBUTES[local] ?? []) {
      const value = attributes.get(name);
      if (value !== undefined) this.#references.push(value.trim());
    }
    const absent = REQUIRED[local]?.find((name) => !attributes.has(name));
    if (absent === undefined) return undefined;
    return `cvc-complex-type.4: Attribute '${absent}' must appear on element '${qualified}'.`;
  }
}

/** Notes how far the children of an element have come; one that belongs before them is an error. */
function misplaced(parent: OpenElement | undefined, local: string): string | undefined {
  if (parent?.local === undefined) return undefined;
  const at = NODE_ORDER.indexOf(local);
  const rank = at === -1 ? NODE_ORDER.length : at;
  if (rank < parent.rank)
    return `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"${BPMN}":${local}}'.`;
  parent.rank = rank;
  return undefined;
}

function namespacesOf(
  attributes: ReadonlyMap<string, string>,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  let inner: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    inner ??= new Map(outer);
    inner.set(name === 'xmlns' ? '' : name.slice('xmlns:'.length), value);
  }
  return inner ?? outer;
}

function splitName(qualified: string): readonly [prefix: string, local: string] {
  const colon = qualified.indexOf(':');
  return colon === -1 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}
