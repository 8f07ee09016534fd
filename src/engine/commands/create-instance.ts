import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import { activateElements } from '../behaviors/activation.ts';
import { instanceValue } from '../behaviors/creation.ts';
import { latestProcess, processByVersion } from '../behaviors/definitions.ts';
import { noneStartEvent } from '../behaviors/model.ts';
import { setLocalVariables } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import type { CreationRequest } from '../records/command.ts';
import { PROCESSES, type ProcessRow } from '../state/tables.ts';
import type { Accepted, CommandOf } from './command.ts';
import { checkedBusinessId, checkedTags, refuseCreation } from './creation-checks.ts';

/** Creates a process instance at its none start event, or before given elements. */
export function createInstance(w: Work, command: CommandOf<'PROCESS_INSTANCE_CREATION'>): Accepted {
  const { value: request } = command;
  const process = definitionOf(w, request);
  const graph = w.graph(process.processDefinitionKey);
  // To start at the process itself is to start as always.
  const starts = startElements(
    graph,
    request.startInstructions.map(({ elementId }) => elementId),
  ).filter(({ type }) => type !== 'PROCESS');
  if (starts.length === 0 && noneStartEvent(graph, process.bpmnProcessId) === undefined) {
    const reason = 'Expected to create instance of process with none start event, but there is no such event';
    throw new Rejection('INVALID_STATE', reason);
  }
  const tags = checkedTags(request);
  const businessId = checkedBusinessId(request);
  const terminateAfter = checkedTerminations(graph, request);
  const labels = {
    ...(tags.length > 0 && { tags }),
    ...(businessId !== '' && { businessId }),
  };
  const key = w.nextKey();
  const value = instanceValue(process, key, undefined, {
    ...labels,
    ...(terminateAfter.length > 0 && { terminateAfter }),
  });
  setLocalVariables(w, value, key, request.variables);
  const awaited = command.intent === 'CREATE_WITH_AWAITING_RESULT';
  const { bpmnProcessId, version, processDefinitionKey } = process;
  const answer = { bpmnProcessId, version, processDefinitionKey, processInstanceKey: key, ...labels };
  w.emit(w.nextKey(), {
    valueType: 'PROCESS_INSTANCE_CREATION',
    intent: 'CREATED',
    value: awaited ? { ...answer, fetchVariables: request.fetchVariables } : answer,
  });
  if (starts.length === 0) w.follow({ kind: 'element', intent: 'ACTIVATE', key, value });
  else {
    w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATING', value });
    w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATED', value });
    activateElements(w, key, starts);
  }
  return { key, value: answer };
}

function definitionOf(w: Work, request: CreationRequest): ProcessRow {
  const { bpmnProcessId, processDefinitionKey, version } = request;
  if (bpmnProcessId === '') {
    const process = w.state.get(PROCESSES, processDefinitionKey);
    if (process !== undefined) return process;
    const key = Math.max(processDefinitionKey, 0);
    throw new Rejection('NOT_FOUND', `Expected to find process definition with key '${key}', but none found`);
  }
  const process = version < 0 ? latestProcess(w, bpmnProcessId) : processByVersion(w, bpmnProcessId, version);
  if (process !== undefined) return process;
  const which =
    version < 0 ? `process ID '${bpmnProcessId}'` : `process ID '${bpmnProcessId}' and version '${version}'`;
  throw new Rejection('NOT_FOUND', `Expected to find process definition with ${which}, but none found`);
}

const UNSUPPORTED = new Set(['START_EVENT', 'BOUNDARY_EVENT']);

/** Types at which an instance can be started or a token put, as Zeebe lists them. */
export const SUPPORTED_TYPES =
  '[BUSINESS_RULE_TASK, CALL_ACTIVITY, END_EVENT, EVENT_BASED_GATEWAY, EVENT_SUB_PROCESS, EXCLUSIVE_GATEWAY, ' +
  'INCLUSIVE_GATEWAY, INTERMEDIATE_CATCH_EVENT, INTERMEDIATE_THROW_EVENT, MANUAL_TASK, MULTI_INSTANCE_BODY, ' +
  'PARALLEL_GATEWAY, PROCESS, RECEIVE_TASK, SCRIPT_TASK, SEND_TASK, SERVICE_TASK, SUB_PROCESS, TASK, USER_TASK]';

/** The element's type if no token can be put there; else undefined. */
export function unsupportedType(graph: ProcessGraph, id: string): string | undefined {
  if (graph.flows[id] !== undefined) return 'SEQUENCE_FLOW';
  const type = graph.elements[id]?.type;
  return type !== undefined && UNSUPPORTED.has(type) ? type : undefined;
}

export function followsEventBasedGateway(graph: ProcessGraph, element: GraphElement): boolean {
  return element.incoming.some((flow) => {
    const source = graph.flows[flow]?.source;
    return source !== undefined && graph.elements[source]?.type === 'EVENT_BASED_GATEWAY';
  });
}

/** The multi-instance around an element (not the element itself); undefined if there is none. */
export function multiInstanceAround(graph: ProcessGraph, element: GraphElement): GraphElement | undefined {
  for (let id = element.flowScope; id !== null; ) {
    const scope: GraphElement = modelOf(graph, id);
    if (scope.multiInstance !== undefined) return scope;
    id = scope.flowScope;
  }
  return undefined;
}

/** The elements of start instructions; all of them are held against one rule before the next. */
function startElements(graph: ProcessGraph, ids: readonly string[]): readonly GraphElement[] {
  const unknown = ids.find((id) => graph.elements[id] === undefined && graph.flows[id] === undefined);
  if (unknown !== undefined) refuseStart(`no element found with id '${unknown}'.`);
  const elements = ids.flatMap((id) => graph.elements[id] ?? []);
  const repeated = elements.find((element) => multiInstanceAround(graph, element) !== undefined);
  if (repeated !== undefined)
    refuseStart(
      `the element with id '${repeated.id}' is inside a multi-instance subprocess. The creation of elements inside a ` +
        `multi-instance subprocess is not supported.`,
    );
  const awaited = elements.find((element) => followsEventBasedGateway(graph, element));
  if (awaited !== undefined)
    refuseStart(
      `the element with id '${awaited.id}' belongs to an event-based gateway. The creation of elements belonging to an ` +
        `event-based gateway is not supported.`,
    );
  const unsupported = ids.find((id) => unsupportedType(graph, id) !== undefined);
  if (unsupported !== undefined)
    refuseStart(
      `the element with id '${unsupported}' targets unsupported element type '${unsupportedType(graph, unsupported)}'. Supported element types are: ${SUPPORTED_TYPES}`,
    );
  return elements;
}

function refuseStart(rest: string): never {
  refuseCreation(`start instructions but ${rest}`);
}

/** Ids of the elements after which the instance ends: they exist, and are no sequence flows. */
function checkedTerminations(graph: ProcessGraph, request: CreationRequest): readonly string[] {
  const ids = (request.runtimeInstructions ?? []).map(({ afterElementId }) => afterElementId);
  for (const id of ids) {
    if (graph.elements[id] === undefined && graph.flows[id] === undefined)
      refuseCreation(`runtime instructions but no element found with id '${id}'.`);
    const type = unsupportedType(graph, id);
    if (type === 'SEQUENCE_FLOW')
      refuseCreation(
        `runtime instructions but the element with id '${id}' targets unsupported element type '${type}'. Supported element types are: ${SUPPORTED_TYPES}`,
      );
  }
  return [...new Set(ids)];
}
