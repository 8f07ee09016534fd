import { deleteRequirements } from '../behaviors/decisions.ts';
import { latestProcess } from '../behaviors/definitions.ts';
import { closeStartEvents, openStartEvents } from '../behaviors/start-events.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { REQUIREMENTS } from '../state/decision-tables.ts';
import { FORMS, GRAPHS, INSTANCE_COUNTS, PROCESSES, type ProcessRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Deletes a process, a form, or a graph of decisions. Version numbers of processes and forms are not used again. */
export function deleteResource(w: Work, { value }: CommandOf<'RESOURCE_DELETION'>): Accepted {
  const { resourceKey } = value;
  const process = w.state.get(PROCESSES, resourceKey);
  const form = process === undefined ? w.state.get(FORMS, resourceKey) : undefined;
  const requirements = w.state.get(REQUIREMENTS, resourceKey);
  if (process === undefined && form === undefined && requirements === undefined) {
    const reason = `Expected to delete resource but no resource found with key \`${resourceKey}\``;
    throw new Rejection('NOT_FOUND', reason);
  }
  if (process !== undefined) deleteProcess(w, process);
  if (form !== undefined) w.emit(resourceKey, { valueType: 'FORM', intent: 'DELETED', value: form });
  if (requirements !== undefined) deleteRequirements(w, requirements);
  const key = w.nextKey();
  w.emit(key, { valueType: 'RESOURCE_DELETION', intent: 'DELETED', value });
  return { key, value: NOTHING };
}

function deleteProcess(w: Work, process: ProcessRow): void {
  const key = process.processDefinitionKey;
  if (w.state.get(INSTANCE_COUNTS, key) !== undefined) {
    const reason = `Expected to delete resource with key \`${key}\` but there are still running instances`;
    throw new Rejection('INVALID_STATE', reason);
  }
  const model = w.state.get(GRAPHS, key);
  if (model === undefined) throw new Error(`The model of process definition ${key} is missing`);
  const { graph, resource } = model;
  const value = { ...process, isDuplicate: false, graph, resource };
  const wasLatest = latestProcess(w, process.bpmnProcessId)?.processDefinitionKey === key;
  w.emit(key, { valueType: 'PROCESS', intent: 'DELETING', value });
  closeStartEvents(w, key);
  const latest = wasLatest ? latestProcess(w, process.bpmnProcessId) : undefined;
  if (latest !== undefined) openStartEvents(w, latest);
  w.emit(key, { valueType: 'PROCESS', intent: 'DELETED', value });
}
