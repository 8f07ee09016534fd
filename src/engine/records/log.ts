import type {
  IncidentValue,
  JobValue,
  MessageStartEventSubscriptionValue,
  MessageSubscriptionValue,
  MessageValue,
  ProcessInstanceValue,
  ProcessMetadata,
  RejectionType,
  TimerValue,
  VariableValue,
} from './record.ts';

interface RecordFrame {
  readonly recordType: 'EVENT' | 'COMMAND_REJECTION';
  readonly key: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly rejectionType?: RejectionType;
  readonly rejectionReason?: string;
  /** Version of this value's shape; appliers of older versions stay. */
  readonly recordVersion: number;
}

/** A record of the log. Its position is its place in the journal. */
export type LogRecord = RecordFrame & LogEntry;

export type LogEntry =
  | {
      readonly valueType: 'DEPLOYMENT';
      readonly intent: string;
      readonly value: { readonly processesMetadata: readonly ProcessMetadata[] };
    }
  | {
      readonly valueType: 'PROCESS';
      readonly intent: 'CREATED' | 'DELETED';
      readonly value: ProcessMetadata & { readonly resource: string };
    }
  | {
      readonly valueType: 'PROCESS_INSTANCE';
      readonly intent: ElementIntent;
      readonly value: ProcessInstanceValue;
    }
  | {
      readonly valueType: 'VARIABLE';
      readonly intent: 'CREATED' | 'UPDATED' | 'MIGRATED';
      readonly value: VariableValue;
    }
  | { readonly valueType: 'JOB'; readonly intent: JobIntent; readonly value: JobValue }
  | {
      readonly valueType: 'INCIDENT';
      readonly intent: 'CREATED' | 'RESOLVED' | 'MIGRATED';
      readonly value: IncidentValue;
    }
  | {
      readonly valueType: 'TIMER';
      readonly intent: 'CREATED' | 'TRIGGERED' | 'CANCELED' | 'MIGRATED';
      readonly value: TimerValue;
    }
  | { readonly valueType: 'MESSAGE'; readonly intent: 'PUBLISHED' | 'EXPIRED'; readonly value: MessageValue }
  | {
      readonly valueType: 'PROCESS_MESSAGE_SUBSCRIPTION';
      readonly intent: SubscriptionIntent;
      readonly value: MessageSubscriptionValue;
    }
  | {
      readonly valueType: 'MESSAGE_SUBSCRIPTION';
      readonly intent: SubscriptionIntent;
      readonly value: MessageSubscriptionValue;
    }
  | {
      readonly valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION';
      readonly intent: 'CREATED' | 'CORRELATED' | 'DELETED';
      readonly value: MessageStartEventSubscriptionValue;
    }
  | OtherEntry;

/** Value types whose shape is known to their own element or command alone; the engine extends this union as it grows. */
export interface OtherEntry {
  readonly valueType:
    | 'PROCESS_INSTANCE_CREATION'
    | 'PROCESS_INSTANCE_RESULT'
    | 'PROCESS_EVENT'
    | 'VARIABLE_DOCUMENT'
    | 'JOB_BATCH'
    | 'MESSAGE_CORRELATION'
    | 'SIGNAL'
    | 'SIGNAL_SUBSCRIPTION'
    | 'ESCALATION'
    | 'RESOURCE_DELETION';
  readonly intent: string;
  readonly value: object;
}

export type ElementIntent =
  | 'ELEMENT_ACTIVATING'
  | 'ELEMENT_ACTIVATED'
  | 'ELEMENT_COMPLETING'
  | 'ELEMENT_COMPLETED'
  | 'ELEMENT_TERMINATING'
  | 'ELEMENT_TERMINATED'
  | 'SEQUENCE_FLOW_TAKEN'
  | 'ELEMENT_MIGRATED'
  | 'CANCEL';

export type JobIntent =
  | 'CREATED'
  | 'COMPLETED'
  | 'FAILED'
  | 'ERROR_THROWN'
  | 'TIMED_OUT'
  | 'RECURRED_AFTER_BACKOFF'
  | 'RETRIES_UPDATED'
  | 'TIMEOUT_UPDATED'
  | 'CANCELED'
  | 'MIGRATED'
  | 'COMPLETE'
  | 'FAIL'
  | 'THROW_ERROR';

export type SubscriptionIntent =
  | 'CREATING'
  | 'CREATED'
  | 'CORRELATING'
  | 'CORRELATED'
  | 'REJECTED'
  | 'DELETING'
  | 'DELETED'
  | 'MIGRATED';
