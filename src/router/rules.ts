import type { Filter } from '../cloudevents/index.ts';
import type { EventUse } from './bindings.ts';

/** A process that events of a type start by its none start event. */
export interface StartTarget {
  /** Empty when `processDefinitionKey` is given. */
  readonly bpmnProcessId: string;
  /** Absent: the latest. */
  readonly version?: number;
  readonly processDefinitionKey?: number;
  /** Absent: every event of the type. */
  readonly filter?: Filter;
}

/** What `tutti.yaml` says of the events of one type. */
export interface EventRule {
  readonly type: string;
  /** Name of the message that events become; the type unless it is said. */
  readonly message?: string;
  /** True if events of this type are messages though no model and no instance waits for them yet. */
  readonly listed: boolean;
  readonly use: EventUse;
}
