import { BpmnModdle } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { XmlNode } from './node.ts';
import { strayAttribute } from './stray-attributes.ts';
import { textProblem } from './text-problem.ts';
import { disguised, wrongId } from './wide-ids.ts';
import { wrongReference } from './wrong-references.ts';

/** The XML as a tree, or what is wrong with it in one line. */
export type XmlOutcome =
  | { readonly ok: true; readonly definitions: XmlNode }
  | { readonly ok: false; readonly error: string };

/**
 * Reads BPMN XML. The moddle library is asynchronous only in form: it does no I/O and reads no clock, so the same
 * text gives the same tree.
 */
export async function readXml(text: string): Promise<XmlOutcome> {
  const xml = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problem = textProblem(xml);
  if (problem !== undefined) return { ok: false, error: problem };
  try {
    const { rootElement, warnings } = await parsed(normalized(xml));
    for (const warning of warnings) {
      const illegal = ILLEGAL_ID.exec(warning.message)?.[1];
      if (illegal !== undefined) return noId(xml, illegal);
      const error = errorOf(warning);
      if (error !== undefined) return { ok: false, error };
      keepDangling(warning);
    }
    const definitions = rootElement as XmlNode;
    const id = wrongId(definitions);
    if (id !== undefined) return noId(xml, id);
    const stray = strayAttribute(definitions);
    const wrong = stray === undefined ? wrongReference(definitions) : undefined;
    if (wrong !== undefined) return { ok: false, error: wrong };
    if (stray === undefined) return { ok: true, definitions };
    const element = stray.node.$type;
    const text = `cvc-complex-type.3.2.2: Attribute '${stray.name}' is not allowed to appear in element`;
    return {
      ok: false,
      error: `Error: URI=null Line=${lineOf(xml, ` ${stray.name}=`)}: ${text} '${tagOf(element)}'.`,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: `SAXException while parsing input stream: ${oneLine(message)}` };
  }
}

interface Parsed {
  readonly rootElement: unknown;
  readonly warnings: readonly Warning[];
}

/** What the library makes of it. */
async function parsed(xml: string): Promise<Parsed> {
  const plain: Parsed = await new BpmnModdle({ zeebe }).fromXML(xml);
  if (!plain.warnings.some(({ message }) => ILLEGAL_ID.test(message))) return plain;
  const { xml: ascii, reveal, revealTree } = disguised(xml);
  const { rootElement, warnings }: Parsed = await new BpmnModdle({ zeebe }).fromXML(ascii);
  revealTree(rootElement as object);
  const shown = (value: unknown): unknown => (typeof value === 'string' ? reveal(value) : value);
  return {
    rootElement,
    warnings: warnings.map((warning) => ({
      ...warning,
      message: reveal(warning.message),
      ...('value' in warning && { value: shown(warning.value) }),
    })),
  };
}

const ILLEGAL_ID = /illegal ID <(.*)>/;

function noId(xml: string, id: string): XmlOutcome {
  const line = lineOf(xml, ` id="${id}"`);
  const text = `cvc-datatype-valid.1.2.1: '${id}' is not a valid value for 'NCName'.`;
  return { ok: false, error: `Error: URI=null Line=${line}: ${text}` };
}

interface Warning {
  readonly message: string;
  readonly element?: unknown;
  readonly property?: string;
  readonly value?: unknown;
}

/** A reference that leads nowhere is no part of the tree; its text stays among the element's other attributes. */
function keepDangling({ element, property, value }: Warning): void {
  const attributes = (element as { $attrs?: Record<string, unknown> } | undefined)?.$attrs;
  if (attributes !== undefined && property !== undefined && typeof value === 'string')
    attributes[property] = value;
}

/** What is new in a later version of Zeebe's extensions is passed over, as Zeebe does. */
const UNKNOWN_EXTENSION = /unknown type <zeebe:/i;

/**
 * Of the library's warnings some are errors; undefined for the others. References were held against the schema
 * before; those that lead nowhere all the same are none of its ID references, and other rules look at them.
 */
function errorOf({ message, property, value, element }: Warning): string | undefined {
  // The caller decoded the bytes; what the file says about them no longer matters.
  if (message.startsWith('unsupported document encoding')) return undefined;
  if (UNKNOWN_EXTENSION.test(message)) return undefined;
  if (property === undefined || typeof value !== 'string') {
    return `SAXException while parsing input stream: ${oneLine(message)}`;
  }
  const lists = (element as XmlNode | undefined)?.$type !== 'bpmn:Association' && LISTED.has(property);
  return lists ? `Unable to find a model element instance for id ${value}` : undefined;
}

/** The flows that a node lists as its own: Zeebe looks all of them up. */
const LISTED = new Set(['bpmn:incoming', 'bpmn:outgoing']);

/** Comments and character data, which are let be, and start tags. */
const MARKUP = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[\p{L}_](?:"[^"]*"|'[^']*'|[^"'<>])*>/gu;

/** XML reads a line break or tab inside an attribute as a blank, unless it is written as a reference. */
function normalized(xml: string): string {
  return xml.replaceAll(MARKUP, (markup) =>
    markup.startsWith('<!')
      ? markup
      : markup.replaceAll(/"[^"]*"|'[^']*'/g, (value) => value.replaceAll(/\r\n|[\r\n\t]/g, ' ')),
  );
}

/** Line of the first place where a text stands; the first if it does not. */
function lineOf(xml: string, text: string): number {
  return xml.slice(0, Math.max(0, xml.indexOf(text))).split('\n').length;
}

/** `bpmn:process` for `bpmn:Process`, as most files write it. */
function tagOf(type: string): string {
  return type.replace(/:(.)/, (_all, first: string) => `:${first.toLowerCase()}`);
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, '; ');
}
