import type { LogRecord } from '../../engine/records/log.ts';
import type { StatePort, TableSpec } from '../../engine/state/port.ts';
import type { KnownTrace } from '../../router/index.ts';

interface InstanceTrace extends KnownTrace {
  readonly processInstanceKey: number;
}

/** The business transactions of running instances: that of the event which started one, or of the instance that called it. */
export const INSTANCE_TRACES: TableSpec<InstanceTrace> = {
  name: 'instance_traces',
  key: 'processInstanceKey',
  indexes: {},
};

export function traceOfInstance(rows: StatePort, processInstanceKey: number): KnownTrace | undefined {
  return rows.get(INSTANCE_TRACES, processInstanceKey);
}

export function startTrace(
  rows: StatePort,
  processInstanceKey: number,
  { correlationId, traceparent }: KnownTrace,
): void {
  const known = traceparent === undefined ? { correlationId } : { correlationId, traceparent };
  rows.put(INSTANCE_TRACES, { processInstanceKey, ...known });
}

/** Instances that are called take over the trace; of those that end it is forgotten. */
export function followTrace(rows: StatePort, record: LogRecord): void {
  if (record.valueType !== 'PROCESS_INSTANCE' || record.value.bpmnElementType !== 'PROCESS') return;
  switch (record.intent) {
    case 'ELEMENT_ACTIVATING': {
      const { parentProcessInstanceKey } = record.value;
      const parent =
        parentProcessInstanceKey > 0 ? traceOfInstance(rows, parentProcessInstanceKey) : undefined;
      if (parent) startTrace(rows, record.key, parent);
      return;
    }
    case 'ELEMENT_COMPLETED':
    case 'ELEMENT_TERMINATED':
      if (traceOfInstance(rows, record.key)) rows.delete(INSTANCE_TRACES, record.key);
      return;
    default:
      return;
  }
}
