import { compile, compileUnaryTests, FeelSyntaxError } from '../../feel/index.ts';
import { childNamed, childrenNamed, type XmlElement } from '../xml/element.ts';
import type { Logic, NamedLogic, Parameter } from './graph.ts';
import { ModelError } from './requirements.ts';
import { isLogic } from './schema.ts';
import { tableOf } from './table.ts';

const FEEL = new Set([
  'feel',
  'http://www.omg.org/spec/feel/20140401',
  'http://www.omg.org/spec/dmn/20180521/feel/',
  'https://www.omg.org/spec/dmn/20191111/feel/',
  'https://www.omg.org/spec/dmn/20211108/feel/',
  'https://www.omg.org/spec/dmn/20230324/feel/',
]);
/** What knowledge may be at its top. */
const KNOWLEDGE_LOGIC = new Set(['decisionTable', 'literalExpression', 'context', 'list', 'relation']);
/** Stands for logic that is refused; never evaluated. */
const NOTHING: Logic = { kind: 'literal', text: 'null' };

export function parametersOf(holder: XmlElement): readonly Parameter[] {
  return childrenNamed(holder, 'formalParameter').map(({ attributes }) => {
    const type = attributes.get('typeRef');
    return { name: attributes.get('name') ?? '', ...(type === undefined ? {} : { type }) };
  });
}

/**
 * Turns the logic of a model into JSON and gathers what is wrong with it, in the order in which Zeebe lists it.
 * Each text is looked at once, as Zeebe does. Nesting is bounded by the reader of the XML.
 */
export class LogicParser {
  readonly failures: string[] = [];
  /** Ids of the knowledge read so far, by name: what invocations may name. */
  readonly knowledge = new Map<string, string>();
  readonly #seen = new Set<string>();

  ofDecision(element: XmlElement | undefined): Logic {
    return element === undefined || element.name === 'functionDefinition'
      ? this.#refuse(`unsupported decision expression '${element?.name ?? null}'`)
      : this.#any(element);
  }

  ofKnowledge(element: XmlElement | undefined): Logic {
    return element === undefined || !KNOWLEDGE_LOGIC.has(element.name)
      ? this.#refuse(`unsupported business knowledge model logic found '${element?.name ?? null}'`)
      : this.#any(element);
  }

  /** The text of a FEEL expression. Throws `ModelError` if the element has none. */
  expression(element: XmlElement): string {
    const text = childNamed(element, 'text')?.text;
    if (text === undefined) throw new ModelError("The expression 'null' must not be empty.");
    return this.#checked(element, text, 'expression', () => compile(text));
  }

  unaryTests(element: XmlElement): string {
    const text = childNamed(element, 'text')?.text ?? '';
    return this.#checked(element, text, 'unary-tests', () => text !== '' && compileUnaryTests(text));
  }

  fail(problem: string): void {
    this.failures.push(problem);
  }

  #any(element: XmlElement): Logic {
    switch (element.name) {
      case 'decisionTable':
        return { kind: 'table', table: tableOf(element, this) };
      case 'literalExpression':
        return { kind: 'literal', text: this.expression(element) };
      case 'context':
        return this.#context(element);
      case 'list':
        return { kind: 'list', items: element.children.filter(isLogic).map((item) => this.#any(item)) };
      case 'relation':
        return this.#relation(element);
      case 'functionDefinition':
        return this.#function(element);
      case 'invocation':
        return this.#invocation(element);
      default:
        return this.#refuse(`unsupported expression found '${element.name}'`);
    }
  }

  #context(element: XmlElement): Logic {
    const entries = childrenNamed(element, 'contextEntry');
    const last = entries.at(-1);
    if (last === undefined) throw new ModelError('null');
    const resultless = childNamed(last, 'variable') !== undefined;
    const named = (resultless ? entries : entries.slice(0, -1)).map((entry): NamedLogic => {
      const name = childNamed(entry, 'variable')?.attributes.get('name');
      if (name === undefined) throw new ModelError('only the last entry of a context may be without a name');
      return { name, logic: this.#entry(entry) };
    });
    return { kind: 'context', entries: named, ...(resultless ? {} : { result: this.#entry(last) }) };
  }

  #entry(entry: XmlElement): Logic {
    const logic = entry.children.find(isLogic);
    return logic === undefined ? NOTHING : this.#any(logic);
  }

  #relation(element: XmlElement): Logic {
    const columns = childrenNamed(element, 'column').map(({ attributes }) => attributes.get('name') ?? '');
    const rows = childrenNamed(element, 'row').map(({ children }) => children.filter(isLogic));
    for (const { length } of rows) {
      if (length !== columns.length)
        this.fail(`expected row with '${columns.length}' elements but found '${length}'`);
    }
    return {
      kind: 'relation',
      rows: rows.map((row) =>
        row
          .slice(0, columns.length)
          .map((item, index) => ({ name: columns[index] ?? '', logic: this.#any(item) })),
      ),
    };
  }

  #function(element: XmlElement): Logic {
    const body = element.children.find(isLogic);
    if (body?.name !== 'literalExpression')
      return this.#refuse(`expected literal expression but found '${body?.name ?? null}'`);
    return { kind: 'function', parameters: parametersOf(element), text: this.expression(body) };
  }

  #invocation(element: XmlElement): Logic {
    const bindings = childrenNamed(element, 'binding').flatMap((binding) => {
      const value = binding.children.find(isLogic);
      const name = childNamed(binding, 'parameter')?.attributes.get('name') ?? '';
      if (value?.name === 'literalExpression') return [{ name, text: this.expression(value) }];
      this.fail(`expected binding with literal expression but found '${value?.name ?? null}'`);
      return [];
    });
    const callee = element.children.find(isLogic);
    if (callee?.name !== 'literalExpression')
      return this.#refuse(`expected invocation with literal expression but found '${callee?.name ?? null}'`);
    const name = childNamed(callee, 'text')?.text ?? '';
    const knowledge = this.knowledge.get(name);
    return knowledge === undefined
      ? this.#refuse(`no BKM found with name '${name}'`)
      : { kind: 'invocation', knowledge, bindings };
  }

  #refuse(problem: string): Logic {
    this.fail(problem);
    return NOTHING;
  }

  #checked(
    element: XmlElement,
    text: string,
    kind: 'expression' | 'unary-tests',
    check: () => unknown,
  ): string {
    const language = (element.attributes.get('expressionLanguage') ?? 'feel').toLowerCase();
    if (!FEEL.has(language)) {
      this.fail(`Expression language '${language}' is not supported`);
      return text;
    }
    const key = `${kind}:${text}`;
    if (this.#seen.has(key)) return text;
    this.#seen.add(key);
    try {
      check();
    } catch (error) {
      if (!(error instanceof FeelSyntaxError)) throw error;
      this.fail(`FEEL ${kind}: ${error.message}`);
    }
    return text;
  }
}
