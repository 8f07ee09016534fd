import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { Document, ProcessInstanceValue } from '../records/record.ts';
import type { ElementRow, ProcessRow } from '../state/tables.ts';
import { noteTrigger } from './triggers.ts';

/** What an instance may be created with. */
export type InstanceLabels = Pick<ProcessInstanceValue, 'tags' | 'businessId' | 'terminateAfter'>;

/** What the records of a new process instance tell. */
export function instanceValue(
  process: ProcessRow,
  key: number,
  caller?: ElementRow,
  labels: InstanceLabels = {},
): ProcessInstanceValue {
  return {
    bpmnElementType: 'PROCESS',
    bpmnEventType: 'UNSPECIFIED',
    elementId: process.bpmnProcessId,
    bpmnProcessId: process.bpmnProcessId,
    version: process.version,
    processDefinitionKey: process.processDefinitionKey,
    processInstanceKey: key,
    flowScopeKey: -1,
    parentProcessInstanceKey: caller?.processInstanceKey ?? -1,
    parentElementInstanceKey: caller?.key ?? -1,
    ...labels,
  };
}

/** Starts an instance at a start event that happened. */
export function startByEvent(
  w: Work,
  process: ProcessRow,
  event: GraphElement,
  variables: Document,
  key: number,
): void {
  const { processDefinitionKey } = process;
  noteTrigger(w, { key, processInstanceKey: key, processDefinitionKey }, event.id, variables);
  w.follow({ kind: 'element', intent: 'ACTIVATE', key, value: instanceValue(process, key) });
}
