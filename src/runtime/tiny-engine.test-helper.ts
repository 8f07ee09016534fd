import type { Engine, Turn } from '../engine/engine.ts';
import type { Answer, ClientCommand } from '../engine/records/command.ts';
import type { LogRecord } from '../engine/records/log.ts';
import type { JobValue } from '../engine/records/record.ts';
import type { KeyPart, StatePort, TableSpec } from '../engine/state/port.ts';
import { COUNTERS, JOBS } from '../engine/state/tables.ts';
import type { WriterParts } from './parts.ts';

/**
 * The smallest engine that lets a writer be tested apart from BPMN. An instance is a job of the type that its process
 * id names; completing the job completes the instance. Variables ask for more: `due` (epoch ms) for a timer, `steps`
 * for that many left-over follow-ups, `throws` for a mistake in the engine.
 */
interface TimerRow {
  readonly key: number;
  readonly due: number;
  readonly throws: boolean;
}
interface StepRow {
  readonly key: number;
  readonly left: number;
}
interface InstanceRow {
  readonly key: number;
  readonly awaited: boolean;
  readonly fired: number;
}
export const TINY_TIMERS: TableSpec<TimerRow> = {
  name: 'tiny_timers',
  key: 'key',
  indexes: { byDue: ['due'] },
};
export const TINY_STEPS: TableSpec<StepRow> = { name: 'tiny_steps', key: 'key', indexes: { all: [] } };
export const TINY_INSTANCES: TableSpec<InstanceRow> = {
  name: 'tiny_instances',
  key: 'key',
  indexes: { all: [] },
};

const OWNER = {
  elementInstanceKey: -1,
  elementId: 'task',
  bpmnProcessId: 'tiny',
  processDefinitionKey: 1,
  processDefinitionVersion: 1,
};

export const createParts = (): WriterParts => ({
  engine: tinyEngine(),
  tables: [COUNTERS, JOBS, TINY_TIMERS, TINY_STEPS, TINY_INSTANCES] as unknown as WriterParts['tables'],
  modules: [],
});

export function creation(type: string, variables: Record<string, number> = {}): ClientCommand {
  return { ...base(type, variables), intent: 'CREATE' };
}

export function awaitedCreation(
  type: string,
): ClientCommand & { readonly intent: 'CREATE_WITH_AWAITING_RESULT' } {
  return { ...base(type, {}), intent: 'CREATE_WITH_AWAITING_RESULT' };
}

function base(type: string, variables: Record<string, number>) {
  return {
    valueType: 'PROCESS_INSTANCE_CREATION' as const,
    value: {
      bpmnProcessId: type,
      processDefinitionKey: -1,
      version: -1,
      variables: new Map(Object.entries(variables).map(([name, value]) => [name, String(value)])),
      startInstructions: [],
      fetchVariables: [],
    },
  };
}

function tinyEngine(): Engine {
  return {
    process: (command, state, now) => {
      const records: LogRecord[] = [];
      const answer = handle(command, state, now, (record) => records.push(record));
      return { answer, records, pending: first(state, TINY_STEPS, 'all') !== undefined };
    },
    nextLane: (state, resting) =>
      [...state.scan(TINY_STEPS, 'all', [])].find(({ key }) => !resting?.has(key))?.key,
    setAside: (state, now, lane) => {
      state.delete(TINY_STEPS, lane);
      return { records: [instanceRecord(lane, now, 'SEQUENCE_FLOW_TAKEN')], pending: false };
    },
    resume: (state, now, { lane } = {}): Turn | undefined => {
      const step = lane === undefined ? first(state, TINY_STEPS, 'all') : state.get(TINY_STEPS, lane);
      if (step === undefined) return undefined;
      state.delete(TINY_STEPS, step.key);
      if (step.left > 1) state.put(TINY_STEPS, { key: step.key, left: step.left - 1 });
      return {
        records: [instanceRecord(step.key, now, 'SEQUENCE_FLOW_TAKEN')],
        pending: first(state, TINY_STEPS, 'all') !== undefined,
      };
    },
    due: (state, now, limit) => {
      const timers = [...state.scan(TINY_TIMERS, 'byDue', [], { upTo: now, limit })];
      return timers.map(({ key }) => ({ valueType: 'TIMER', intent: 'TRIGGER', key }));
    },
    nextDue: (state) => first(state, TINY_TIMERS, 'byDue')?.due,
    dueBy: ({ table, row }) =>
      table.name === TINY_TIMERS.name ? (row as TimerRow | undefined)?.due : undefined,
  };
}

function handle(
  command: ClientCommand,
  state: StatePort,
  now: number,
  emit: (record: LogRecord) => void,
): Answer {
  switch (command.valueType) {
    case 'PROCESS_INSTANCE_CREATION':
      return create(command, state, now, emit);
    case 'JOB_BATCH': {
      const { type, maxJobsToActivate: limit, timeout, worker } = command.value;
      const jobs = [...state.scan(JOBS, 'activatable', [type], { limit })].map(({ key, value }) => {
        const taken = { ...value, worker, deadline: now + timeout };
        state.put(JOBS, {
          key,
          state: 'ACTIVATED',
          value: taken,
          activatableType: null,
          deadline: taken.deadline,
          recursAt: null,
        });
        return { key, value: taken };
      });
      const jobKeys = jobs.map(({ key }) => key);
      const deadline = now + timeout;
      if (jobs.length > 0)
        emit({
          ...frame(-1, now),
          valueType: 'JOB_BATCH',
          intent: 'ACTIVATED',
          value: { type, worker, deadline, jobKeys },
        });
      return { kind: 'accepted', key: -1, value: { jobs, truncated: false } };
    }
    case 'JOB': {
      const job = state.get(JOBS, command.key);
      if (job === undefined)
        return {
          kind: 'rejected',
          valueType: 'JOB',
          intent: command.intent,
          type: 'NOT_FOUND',
          reason: 'no such job',
        };
      if (command.intent === 'TIME_OUT') {
        state.put(JOBS, { ...job, state: 'ACTIVATABLE', activatableType: job.value.type, deadline: null });
        emit({ ...frame(job.key, now), valueType: 'JOB', intent: 'TIMED_OUT', value: job.value });
      } else if (command.intent === 'COMPLETE') {
        state.delete(JOBS, job.key);
        emit({ ...frame(job.key, now), valueType: 'JOB', intent: 'COMPLETED', value: job.value });
        const instance = state.get(TINY_INSTANCES, job.value.processInstanceKey);
        if (instance === undefined) throw new Error('a job without an instance');
        state.delete(TINY_INSTANCES, instance.key);
        emit(instanceRecord(instance.key, now, 'ELEMENT_COMPLETED'));
        if (instance.awaited) {
          const value = {
            ...OWNER,
            version: 1,
            processInstanceKey: instance.key,
            variables: command.value.variables,
          };
          emit({
            ...frame(instance.key, now),
            valueType: 'PROCESS_INSTANCE_RESULT',
            intent: 'COMPLETED',
            value,
          });
        }
      }
      return { kind: 'accepted', key: job.key, value: {} };
    }
    case 'TIMER': {
      const timer = state.get(TINY_TIMERS, command.key);
      if (timer?.throws) throw new Error('a timer that throws');
      state.delete(TINY_TIMERS, command.key);
      const instance = state.get(TINY_INSTANCES, command.key);
      if (instance !== undefined) state.put(TINY_INSTANCES, { ...instance, fired: instance.fired + 1 });
      emit(instanceRecord(command.key, now, 'ELEMENT_ACTIVATED'));
      return { kind: 'accepted', key: command.key, value: {} };
    }
    default:
      throw new Error(`the tiny engine knows no ${command.valueType}`);
  }
}

function create(
  command: ClientCommand & { valueType: 'PROCESS_INSTANCE_CREATION' },
  state: StatePort,
  now: number,
  emit: (record: LogRecord) => void,
): Answer {
  const { bpmnProcessId: type, variables } = command.value;
  const key = (state.get(COUNTERS, 'keys')?.next ?? 1) + 1;
  state.put(COUNTERS, { name: 'keys', next: key + 1 });
  const asked = (name: string): number | undefined => {
    const text = variables.get(name);
    return text === undefined ? undefined : Number(text);
  };
  state.put(TINY_INSTANCES, { key, awaited: command.intent === 'CREATE_WITH_AWAITING_RESULT', fired: 0 });
  emit(instanceRecord(key, now, 'ELEMENT_ACTIVATED'));
  const due = asked('due');
  if (due !== undefined) state.put(TINY_TIMERS, { key, due, throws: asked('timerThrows') === 1 });
  const steps = asked('steps');
  if (steps !== undefined) state.put(TINY_STEPS, { key, left: steps });
  const value: JobValue = {
    ...OWNER,
    processInstanceKey: key,
    type,
    retries: 3,
    worker: '',
    deadline: -1,
    customHeaders: {},
    variables,
    errorMessage: '',
    errorCode: '',
    retryBackoff: 0,
    recurringTime: -1,
    jobKind: 'BPMN_ELEMENT',
    jobListenerEventType: 'UNSPECIFIED',
  };
  const job = key + 1;
  state.put(JOBS, {
    key: job,
    state: 'ACTIVATABLE',
    value,
    activatableType: type,
    deadline: null,
    recursAt: null,
  });
  emit({ ...frame(job, now), valueType: 'JOB', intent: 'CREATED', value });
  if (asked('throws') === 1) throw new Error('the engine has a mistake');
  return { kind: 'accepted', key, value: {} };
}

function frame(key: number, timestamp: number) {
  return { recordType: 'EVENT', key, timestamp, recordVersion: 1 } as const;
}

function instanceRecord(
  key: number,
  now: number,
  intent: 'ELEMENT_ACTIVATED' | 'ELEMENT_COMPLETED' | 'SEQUENCE_FLOW_TAKEN',
): LogRecord {
  const value = {
    bpmnElementType: 'PROCESS',
    bpmnEventType: 'UNSPECIFIED',
    elementId: 'tiny',
    bpmnProcessId: 'tiny',
    version: 1,
    processDefinitionKey: 1,
    processInstanceKey: key,
    flowScopeKey: -1,
    parentProcessInstanceKey: -1,
    parentElementInstanceKey: -1,
  } as const;
  return { ...frame(key, now), valueType: 'PROCESS_INSTANCE', intent, value };
}

function first<Row extends object>(state: StatePort, table: TableSpec<Row>, index: string): Row | undefined {
  const none: readonly KeyPart[] = [];
  for (const row of state.scan(table, index, none, { limit: 1 })) return row;
  return undefined;
}
