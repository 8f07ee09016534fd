import type { LogRecord } from '../../engine/records/log.ts';
import type { IncidentValue, ProcessInstanceValue } from '../../engine/records/record.ts';
import { NO_CATCH_EVENT } from '../../engine/state/appliers/jobs.ts';

/** One visit of an element. */
export interface Visit {
  readonly key: number;
  readonly elementId: string;
  readonly type: string;
  state: 'active' | 'completed' | 'terminated';
}

export interface OpenIncident extends IncidentValue {
  readonly key: number;
}

/** JSON texts by scope and name. */
type ScopedVariables = Map<number, Map<string, string>>;

/** All that one process instance has done, as the journal tells it. */
export class Trail {
  readonly key: number;
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  /** -1 unless a call activity called it. */
  readonly parentKey: number;
  state: 'active' | 'completed' | 'terminated' = 'active';
  /** In the order in which they began. */
  readonly visits = new Map<number, Visit>();
  /** Ids of what was completed or taken (sequence flows), in order. */
  readonly passed: string[] = [];
  readonly variables: ScopedVariables;
  readonly incidents = new Map<number, OpenIncident>();

  constructor(value: ProcessInstanceValue, variables: ScopedVariables) {
    this.variables = variables;
    this.key = value.processInstanceKey;
    this.bpmnProcessId = value.bpmnProcessId;
    this.version = value.version;
    this.processDefinitionKey = value.processDefinitionKey;
    this.parentKey = value.parentProcessInstanceKey;
  }

  active(): readonly Visit[] {
    return [...this.visits.values()].filter(({ state, type }) => state === 'active' && type !== 'PROCESS');
  }

  /** Of an element instance or of the instance itself. */
  scopeOf(key: number): ReadonlyMap<string, string> {
    return this.variables.get(key) ?? new Map();
  }
}

/** Where a job belongs. */
export interface JobPlace {
  readonly processInstanceKey: number;
  readonly bpmnProcessId: string;
  readonly elementId: string;
}

/** The trails of all instances: a fold over the journal. */
export class Trails {
  readonly all = new Map<number, Trail>();
  readonly jobs = new Map<number, JobPlace>();
  /** By instance: those that one is created with come before its first step. */
  readonly #variables = new Map<number, ScopedVariables>();

  /** Keys of all jobs that an instance ever had. */
  jobsOf(processInstanceKey: number): readonly number[] {
    return [...this.jobs]
      .filter(([, place]) => place.processInstanceKey === processInstanceKey)
      .map(([key]) => key);
  }

  apply(record: LogRecord): void {
    if (record.recordType !== 'EVENT') return;
    switch (record.valueType) {
      case 'PROCESS_INSTANCE':
        this.#move(record.key, record.intent, record.value);
        return;
      case 'VARIABLE': {
        const { scopeKey, processInstanceKey, name, value } = record.value;
        const variables = this.#variablesOf(processInstanceKey);
        const scope = variables.get(scopeKey) ?? new Map<string, string>();
        scope.set(name, value);
        variables.set(scopeKey, scope);
        return;
      }
      case 'INCIDENT': {
        const incidents = this.all.get(record.value.processInstanceKey)?.incidents;
        if (record.intent === 'RESOLVED') incidents?.delete(record.key);
        else incidents?.set(record.key, { key: record.key, ...record.value });
        return;
      }
      case 'JOB': {
        const { processInstanceKey, bpmnProcessId, elementId } = record.value;
        // An error that nothing catches hides the element's id.
        if (elementId !== NO_CATCH_EVENT)
          this.jobs.set(record.key, { processInstanceKey, bpmnProcessId, elementId });
        return;
      }
    }
  }

  #variablesOf(processInstanceKey: number): ScopedVariables {
    const known = this.#variables.get(processInstanceKey) ?? new Map();
    this.#variables.set(processInstanceKey, known);
    return known;
  }

  #move(key: number, intent: string, value: ProcessInstanceValue): void {
    const { processInstanceKey, elementId, bpmnElementType: type } = value;
    let trail = this.all.get(processInstanceKey);
    if (trail === undefined) {
      trail = new Trail(value, this.#variablesOf(processInstanceKey));
      this.all.set(processInstanceKey, trail);
    }
    const visit = trail.visits.get(key);
    switch (intent) {
      case 'ELEMENT_ACTIVATING':
      case 'ELEMENT_ACTIVATED':
        if (!visit) trail.visits.set(key, { key, elementId, type, state: 'active' });
        return;
      case 'SEQUENCE_FLOW_TAKEN':
        trail.passed.push(elementId);
        return;
      case 'ELEMENT_MIGRATED':
        if (visit) trail.visits.set(key, { ...visit, elementId });
        return;
      case 'ELEMENT_COMPLETED':
        if (visit) visit.state = 'completed';
        trail.passed.push(elementId);
        break;
      case 'ELEMENT_TERMINATED':
        if (visit) visit.state = 'terminated';
        break;
      default:
        return;
    }
    if (type === 'PROCESS') trail.state = intent === 'ELEMENT_COMPLETED' ? 'completed' : 'terminated';
  }
}
