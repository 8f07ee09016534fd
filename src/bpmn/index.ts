import type { ProcessGraph } from './graph.ts';
import { processGraph } from './transform/process.ts';
import { whyNotExecutable } from './validation/executable.ts';
import { loopProblems } from './validation/loops.ts';
import { isExecutableProcess } from './validation/model.ts';
import { validate } from './validation/validate.ts';
import { childrenOf, type XmlNode } from './xml/node.ts';
import { readXml } from './xml/read.ts';

export { formOf, type ParsedForm, parseForm } from './form.ts';
export type {
  AdHoc,
  Binding,
  CalledDecision,
  CalledElement,
  CodeDefinition,
  ConditionalDefinition,
  ElementType,
  EventType,
  ExecutionListener,
  GraphElement,
  GraphFlow,
  JobDefinition,
  Mapping,
  MessageDefinition,
  ModelText,
  MultiInstance,
  ProcessGraph,
  SignalDefinition,
  TaskListener,
  TaskListenerEvent,
  TimerDefinition,
  UserTaskDefinition,
  VariableEvent,
} from './graph.ts';
export { GRAPH_FORMAT } from './graph.ts';
export { rejectionText } from './rejection.ts';

/** Whether a resource is read as BPMN; Zeebe goes by the end of its name, case and all. */
export function isBpmn(resourceName: string): boolean {
  return resourceName.endsWith('.bpmn') || resourceName.endsWith('.xml');
}

/** The block of text for a resource that is neither a model nor a form; Zeebe begins it with an empty line. */
export function unknownType(resourceName: string): string {
  return `\n'${resourceName}': unknown resource type`;
}

/** What a BPMN file holds for the engine, or why Zeebe would refuse it. */
export type ParsedResource =
  | { readonly ok: true; readonly processes: readonly ProcessGraph[] }
  | { readonly ok: false; readonly problems: string };

/**
 * Reads a BPMN 2.0 file with Zeebe's extensions. Pure: asynchronous only because the XML library is.
 *
 * @param resourceName name under which the file is deployed; it stands in the texts of refusals
 * @param xml the file's text, decoded from UTF-8
 * @returns one graph for each executable process in order of the file, or the block of text that Zeebe 8.6 lists
 *   for this file in a refused deployment. Never rejects for bad input.
 */
export async function parseBpmn(resourceName: string, xml: string): Promise<ParsedResource> {
  const read = await readXml(xml);
  if (!read.ok) return { ok: false, problems: `'${resourceName}': ${read.error}` };
  const listing = validate(read.definitions) ?? whyNotExecutable(read.definitions);
  if (listing !== undefined) return { ok: false, problems: `'${resourceName}': ${listing}` };
  const processes = executableProcesses(read.definitions).map(processGraph);
  const loops = loopProblems(resourceName, processes);
  return loops === undefined ? { ok: true, processes } : { ok: false, problems: loops };
}

function executableProcesses(definitions: XmlNode): readonly XmlNode[] {
  return childrenOf(definitions, 'rootElements').filter(isExecutableProcess);
}

/**
 * The block of text for a process id that two resources of one deployment share; undefined if there is none.
 * Zeebe reports it for the later resource, which is then not deployed.
 */
export function duplicateProcessProblem(
  resources: readonly { readonly resourceName: string; readonly processes: readonly ProcessGraph[] }[],
): string | undefined {
  const owners = new Map<string, string>();
  for (const { resourceName, processes } of resources) {
    for (const { bpmnProcessId } of processes) {
      const owner = owners.get(bpmnProcessId);
      if (owner !== undefined) return `Duplicated process id in resources '${owner}' and '${resourceName}'`;
    }
    for (const { bpmnProcessId } of processes) owners.set(bpmnProcessId, resourceName);
  }
  return undefined;
}
