import type { LogEntry, LogRecord } from '../records/log.ts';
import { CLUSTER_VARIABLES } from './cluster-variables.ts';
import { DECISIONS, REQUIREMENTS } from './decision-tables.ts';
import { elementValue } from './element-value.ts';
import type { StatePort } from './port.ts';
import { variablesOf } from './scope-variables.ts';
import {
  ELEMENTS,
  type ElementRow,
  FORMS,
  GRAPHS,
  INCIDENTS,
  JOBS,
  type JobRow,
  MESSAGE_SUBSCRIPTIONS,
  PROCESSES,
  START_SUBSCRIPTIONS,
  TIMERS,
  USER_TASKS,
} from './tables.ts';

/**
 * All that lives, told as the records that made it, outer things first: for followers of a journal whose older part is
 * gone. State does not know when things began: all of it is told at `timestamp`, epoch ms.
 */
export function* liveRecords(state: StatePort, timestamp: number): Generator<LogRecord, void, undefined> {
  for (const { key, entry } of liveEntries(state))
    yield { recordType: 'EVENT', key, timestamp, recordVersion: 1, ...entry };
}

interface KeyedEntry {
  readonly key: number;
  readonly entry: LogEntry;
}

function* liveEntries(state: StatePort): Generator<KeyedEntry, void, undefined> {
  yield* definitions(state);
  for (const element of state.scan(ELEMENTS, 'byScope', [])) yield* ofElement(state, element);
  for (const { key, startOf: _, ...value } of state.scan(TIMERS, 'byElement', []))
    yield record(key, { valueType: 'TIMER', intent: 'CREATED', value });
  for (const { key, value } of state.scan(MESSAGE_SUBSCRIPTIONS, 'byElement', []))
    yield record(key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'CREATED', value });
  for (const { key, ...value } of state.scan(INCIDENTS, 'byElement', []))
    yield record(key, { valueType: 'INCIDENT', intent: 'CREATED', value });
  for (const { state: step, ...value } of state.scan(USER_TASKS, 'byElement', [])) {
    const intent = step === 'BUSY' ? 'CREATED' : step;
    // After a migration the task's own row still names the element by its old id, as in Zeebe.
    const elementId = state.get(ELEMENTS, value.elementInstanceKey)?.elementId ?? value.elementId;
    yield record(value.userTaskKey, { valueType: 'USER_TASK', intent, value: { ...value, elementId } });
  }
}

function* definitions(state: StatePort): Generator<KeyedEntry, void, undefined> {
  for (const row of state.scan(PROCESSES, 'byVersion', [])) {
    const known = state.get(GRAPHS, row.processDefinitionKey);
    if (known === undefined) continue;
    const { graph, resource } = known;
    const value = { ...row, isDuplicate: false, graph, resource };
    yield record(row.processDefinitionKey, { valueType: 'PROCESS', intent: 'CREATED', value });
  }
  for (const row of state.scan(REQUIREMENTS, 'byVersion', [])) {
    const value = { ...row, isDuplicate: false };
    yield record(row.decisionRequirementsKey, {
      valueType: 'DECISION_REQUIREMENTS',
      intent: 'CREATED',
      value,
    });
  }
  for (const row of state.scan(DECISIONS, 'byVersion', []))
    yield record(row.decisionKey, {
      valueType: 'DECISION',
      intent: 'CREATED',
      value: { ...row, isDuplicate: false },
    });
  for (const row of state.scan(FORMS, 'byVersion', []))
    yield record(row.formKey, { valueType: 'FORM', intent: 'CREATED', value: row });
  for (const { key, ...value } of state.scan(START_SUBSCRIPTIONS, 'byName', []))
    yield record(key, { valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION', intent: 'CREATED', value });
  for (const { key, name, value } of state.scan(CLUSTER_VARIABLES, 'byName', []))
    yield record(key, {
      valueType: 'CLUSTER_VARIABLE',
      intent: 'CREATED',
      value: { name, value, scope: 'GLOBAL' },
    });
}

function* ofElement(state: StatePort, row: ElementRow): Generator<KeyedEntry, void, undefined> {
  yield record(row.key, {
    valueType: 'PROCESS_INSTANCE',
    intent: 'ELEMENT_ACTIVATING',
    value: elementValue(row),
  });
  const { processInstanceKey, processDefinitionKey, bpmnProcessId } = row;
  const variables = variablesOf(state, row.key);
  let at = 0;
  for (const [name, value] of variables?.values ?? []) {
    const key = variables?.keys[at] ?? -1;
    at += 1;
    yield record(key, {
      valueType: 'VARIABLE',
      intent: 'CREATED',
      value: { name, value, scopeKey: row.key, processInstanceKey, processDefinitionKey, bpmnProcessId },
    });
  }
  const job = row.jobKey < 0 ? undefined : state.get(JOBS, row.jobKey);
  if (job !== undefined) yield record(job.key, { valueType: 'JOB', intent: intentOf(job), value: job.value });
}

function intentOf({ state }: JobRow): 'CREATED' | 'FAILED' | 'ERROR_THROWN' {
  return state === 'FAILED' || state === 'ERROR_THROWN' ? state : 'CREATED';
}

function record(key: number, entry: LogEntry): KeyedEntry {
  return { key, entry };
}
