import { BpmnModdle } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { XmlNode } from './node.ts';
import { textProblem } from './text-problem.ts';

/** The XML as a tree, or what is wrong with it in one line. */
export type XmlOutcome =
  | { readonly ok: true; readonly definitions: XmlNode }
  | { readonly ok: false; readonly error: string };

/** References that BPMN's schema types as IDREF: these must resolve. The others are names that may lead nowhere. */
const ID_REFERENCES = new Set(['bpmn:sourceRef', 'bpmn:targetRef', 'bpmn:default', 'bpmn:flowNodeRef']);
/** References that Zeebe cannot go on without. */
const NEEDED_REFERENCES = new Set([...ID_REFERENCES, 'bpmn:attachedToRef']);

/**
 * Reads BPMN XML. The moddle library is asynchronous only in form: it does no I/O and reads no clock, so the same
 * text gives the same tree.
 */
export async function readXml(text: string): Promise<XmlOutcome> {
  const xml = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problem = textProblem(xml);
  if (problem !== undefined) return { ok: false, error: problem };
  try {
    const { rootElement, warnings } = await new BpmnModdle({ zeebe }).fromXML(xml);
    for (const warning of warnings) {
      const error = errorOf(warning, xml);
      if (error !== undefined) return { ok: false, error };
    }
    return { ok: true, definitions: rootElement as XmlNode };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: parserError(message) };
  }
}

interface Warning {
  readonly message: string;
  readonly element?: unknown;
  readonly property?: string;
  readonly value?: unknown;
}

/** Of the library's warnings some are errors; undefined for the others. */
function errorOf(warning: Warning, xml: string): string | undefined {
  const { property, value } = warning;
  // The caller decoded the bytes; what the file says about them no longer matters.
  if (warning.message.startsWith('unsupported document encoding')) return undefined;
  if (property === undefined || typeof value !== 'string') {
    return parserError(warning.message);
  }
  if (!NEEDED_REFERENCES.has(property) || isAssociation(warning.element)) return undefined;
  return `Error: URI=null Line=${lineOf(xml, value)}: cvc-id.1: There is no ID/IDREF binding for IDREF '${value}'.`;
}

/** An id that occurs twice is told as Zeebe's schema validation does; all else in the words of the library. */
function parserError(message: string): string {
  const [, line, id] = /line: (\d+)[\s\S]*duplicate ID <([^>]*)>/.exec(message) ?? [];
  if (id === undefined) return `SAXException while parsing input stream: ${oneLine(message)}`;
  return `Error: URI=null Line=${Number(line) + 1}: cvc-id.2: There are multiple occurrences of ID value '${id}'.`;
}

function isAssociation(element: unknown): boolean {
  return (element as XmlNode | undefined)?.$type === 'bpmn:Association';
}

function lineOf(xml: string, reference: string): number {
  const places = [`"${reference}"`, `'${reference}'`, `>${reference}<`].map((text) => xml.indexOf(text));
  const first = Math.min(...places.filter((place) => place !== -1), xml.length);
  return xml.slice(0, first).split('\n').length;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, '; ');
}
