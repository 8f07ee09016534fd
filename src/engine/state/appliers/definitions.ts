import type { ProcessGraph } from '../../../bpmn/graph.ts';
import type { FormMetadata, ProcessMetadata } from '../../records/record.ts';
import type { KeyPart, StatePort, TableSpec } from '../port.ts';
import { FORMS, GRAPHS, LATEST_FORMS, LATEST_PROCESSES, type LatestRow, PROCESSES } from '../tables.ts';

export function applyProcess(
  state: StatePort,
  intent: 'CREATED' | 'DELETING' | 'DELETED',
  value: ProcessMetadata & { readonly resource: string; readonly graph: ProcessGraph },
): void {
  const { resource, graph, isDuplicate: _, ...row } = value;
  const key = row.processDefinitionKey;
  if (intent === 'CREATED') {
    state.put(PROCESSES, row);
    state.put(GRAPHS, { processDefinitionKey: key, graph, resource });
    setLatest(state, LATEST_PROCESSES, row.bpmnProcessId, row.version, key);
  } else if (intent === 'DELETED') {
    state.delete(PROCESSES, key);
    state.delete(GRAPHS, key);
    const left = [...state.scan(PROCESSES, 'byVersion', [row.bpmnProcessId])].at(-1);
    dropLatest(state, LATEST_PROCESSES, row.bpmnProcessId, left?.processDefinitionKey);
  } else {
    // While it is being deleted nobody can start it, but its running instances go on.
    const left = [...state.scan(PROCESSES, 'byVersion', [row.bpmnProcessId])].filter(
      (other) => other.processDefinitionKey !== key,
    );
    dropLatest(state, LATEST_PROCESSES, row.bpmnProcessId, left.at(-1)?.processDefinitionKey);
  }
}

export function applyForm(
  state: StatePort,
  intent: 'CREATED' | 'DELETED',
  value: FormMetadata & { readonly resource: string },
): void {
  if (intent === 'CREATED') {
    state.put(FORMS, value);
    setLatest(state, LATEST_FORMS, value.formId, value.version, value.formKey);
  } else {
    state.delete(FORMS, value.formKey);
    const left = [...state.scan(FORMS, 'byVersion', [value.formId])].at(-1);
    // Of a form of which nothing is left even the number of the last version is forgotten (recorded).
    if (left === undefined) state.delete(LATEST_FORMS, value.formId);
    else dropLatest(state, LATEST_FORMS, value.formId, left.formKey);
  }
}

function setLatest(
  state: StatePort,
  table: TableSpec<LatestRow>,
  id: string,
  version: number,
  key: KeyPart,
): void {
  state.put(table, { id, lastVersion: version, latestKey: Number(key) });
}

function dropLatest(
  state: StatePort,
  table: TableSpec<LatestRow>,
  id: string,
  leftKey: number | undefined,
): void {
  const row = state.get(table, id);
  if (row !== undefined) state.put(table, { ...row, latestKey: leftKey ?? -1 });
}
