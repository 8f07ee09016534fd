import type { ProcessGraph } from '../../bpmn/graph.ts';
import type { DecisionGraph } from '../../dmn/index.ts';
import type { AdHocInstructionValue } from './ad-hoc.ts';
import type { BatchEntry } from './batch.ts';
import type { ConditionalEvaluationValue, ConditionalSubscriptionValue } from './conditional.ts';
import type { CreationValue, ResultValue } from './creation.ts';
import type { DecisionEvaluationValue, DecisionMetadata, DecisionRequirementsMetadata } from './decision.ts';
import type {
  CloudEventValue,
  CompensationSubscriptionValue,
  EscalationValue,
  FormMetadata,
  IncidentValue,
  JobBatchValue,
  JobValue,
  MessageStartEventSubscriptionValue,
  MessageSubscriptionValue,
  MessageValue,
  ProcessEventValue,
  ProcessInstanceValue,
  ProcessMetadata,
  RejectionType,
  SignalSubscriptionValue,
  SignalValue,
  TimerValue,
  UserTaskValue,
  VariableDocumentValue,
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
      readonly value: {
        readonly processesMetadata: readonly ProcessMetadata[];
        readonly formMetadata: readonly FormMetadata[];
        /** Absent in records written before there were decisions. */
        readonly decisionsMetadata?: readonly DecisionMetadata[];
        readonly decisionRequirementsMetadata?: readonly DecisionRequirementsMetadata[];
      };
    }
  | {
      readonly valueType: 'DECISION';
      readonly intent: 'CREATED' | 'DELETED';
      readonly value: DecisionMetadata;
    }
  | {
      readonly valueType: 'DECISION_REQUIREMENTS';
      readonly intent: 'CREATED' | 'DELETED';
      readonly value: DecisionRequirementsMetadata & {
        readonly resource: string;
        readonly graph: DecisionGraph;
      };
    }
  | {
      readonly valueType: 'DECISION_EVALUATION';
      readonly intent: 'EVALUATED' | 'FAILED';
      readonly value: DecisionEvaluationValue;
    }
  | {
      readonly valueType: 'PROCESS';
      readonly intent: 'CREATED' | 'DELETING' | 'DELETED';
      readonly value: ProcessMetadata & { readonly resource: string; readonly graph: ProcessGraph };
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
  | {
      readonly valueType: 'PROCESS_EVENT';
      readonly intent: 'TRIGGERING' | 'TRIGGERED';
      readonly value: ProcessEventValue;
    }
  | { readonly valueType: 'SIGNAL'; readonly intent: 'BROADCASTED'; readonly value: SignalValue }
  | {
      readonly valueType: 'SIGNAL_SUBSCRIPTION';
      readonly intent: 'CREATED' | 'DELETED' | 'MIGRATED';
      readonly value: SignalSubscriptionValue;
    }
  | {
      readonly valueType: 'CONDITIONAL_SUBSCRIPTION';
      readonly intent: 'CREATED' | 'TRIGGERED' | 'DELETED' | 'MIGRATED';
      readonly value: ConditionalSubscriptionValue;
    }
  | {
      readonly valueType: 'CONDITIONAL_EVALUATION';
      readonly intent: 'EVALUATED';
      readonly value: ConditionalEvaluationValue;
    }
  | {
      readonly valueType: 'ESCALATION';
      readonly intent: 'ESCALATED' | 'NOT_ESCALATED';
      readonly value: EscalationValue;
    }
  | {
      readonly valueType: 'COMPENSATION_SUBSCRIPTION';
      readonly intent: 'CREATED' | 'TRIGGERED' | 'COMPLETED' | 'DELETED' | 'MIGRATED';
      readonly value: CompensationSubscriptionValue;
    }
  | {
      readonly valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION';
      readonly intent: 'ACTIVATED' | 'COMPLETED';
      readonly value: AdHocInstructionValue;
    }
  | { readonly valueType: 'USER_TASK'; readonly intent: UserTaskIntent; readonly value: UserTaskValue }
  | {
      readonly valueType: 'FORM';
      readonly intent: 'CREATED' | 'DELETED';
      readonly value: FormMetadata & { readonly resource: string };
    }
  | { readonly valueType: 'JOB_BATCH'; readonly intent: 'ACTIVATED'; readonly value: JobBatchValue }
  | {
      readonly valueType: 'PROCESS_INSTANCE_CREATION';
      readonly intent: 'CREATED';
      readonly value: CreationValue;
    }
  | {
      readonly valueType: 'PROCESS_INSTANCE_RESULT';
      readonly intent: 'COMPLETED';
      readonly value: ResultValue;
    }
  | {
      readonly valueType: 'VARIABLE_DOCUMENT';
      readonly intent: 'UPDATING' | 'UPDATED' | 'UPDATE_DENIED';
      readonly value: VariableDocumentValue;
    }
  | { readonly valueType: 'CLOUD_EVENT'; readonly intent: CloudEventIntent; readonly value: CloudEventValue }
  | BatchEntry
  | OtherEntry;

/** Events are records too, so that every fate comes from one order. The key is the event's place in the event log. */
/** RECEIVED: of events that jobs send, and of those that are routed in a later transaction; else ROUTED is the first. */
export type CloudEventIntent = 'RECEIVED' | 'ROUTED' | 'DELIVERED' | 'DEAD_LETTERED';

/** Value types that change no state, or next to none: they tell that something was asked for and done. */
export interface OtherEntry {
  readonly valueType:
    | 'PROCESS_INSTANCE_MODIFICATION'
    | 'PROCESS_INSTANCE_MIGRATION'
    | 'MESSAGE_CORRELATION'
    | 'RESOURCE_DELETION'
    | 'RUNTIME_INSTRUCTION';
  readonly intent: string;
  readonly value: object;
}

export type UserTaskIntent =
  | 'CREATING'
  | 'CREATED'
  | 'ASSIGNING'
  | 'ASSIGNED'
  | 'ASSIGNMENT_DENIED'
  | 'CLAIMING'
  | 'UPDATING'
  | 'UPDATED'
  | 'UPDATE_DENIED'
  | 'COMPLETING'
  | 'COMPLETED'
  | 'COMPLETION_DENIED'
  | 'CORRECTED'
  | 'CANCELING'
  | 'CANCELED'
  | 'MIGRATED';

export type ElementIntent =
  | 'ELEMENT_ACTIVATING'
  | 'ELEMENT_ACTIVATED'
  | 'ELEMENT_COMPLETING'
  | 'ELEMENT_COMPLETED'
  | 'ELEMENT_TERMINATING'
  | 'ELEMENT_TERMINATED'
  | 'SEQUENCE_FLOW_TAKEN'
  | 'ELEMENT_MIGRATED';

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
  | 'MIGRATED';

export type SubscriptionIntent =
  | 'CREATING'
  | 'CREATED'
  | 'CORRELATING'
  | 'CORRELATED'
  | 'REJECTED'
  | 'DELETING'
  | 'DELETED'
  | 'MIGRATED';
