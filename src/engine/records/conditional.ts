import type { VariableEvent } from '../../bpmn/graph.ts';
import type { Document } from './record.ts';

/** What waits for a condition: an element instance, or a start event of a process (Camunda 8.9). */
export interface ConditionalSubscriptionValue {
  /** Where the condition is evaluated; -1 for a start event of a process. */
  readonly scopeKey: number;
  /** The element instance that is triggered; -1 for a start event of a process. */
  readonly elementInstanceKey: number;
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly catchEventId: string;
  readonly interrupting: boolean;
  /** With its leading `=`. */
  readonly condition: string;
  /** Names of the variables whose changes matter; empty: all. */
  readonly variableNames: readonly string[];
  /** Which changes of these variables matter; empty: all. */
  readonly variableEvents: readonly VariableEvent[];
}

/** The conditional start events were evaluated (Camunda 8.9). */
export interface ConditionalEvaluationValue {
  /** -1: of all definitions. */
  readonly processDefinitionKey: number;
  readonly variables: Document;
  readonly startedProcessInstances: readonly {
    readonly processDefinitionKey: number;
    readonly processInstanceKey: number;
  }[];
}
