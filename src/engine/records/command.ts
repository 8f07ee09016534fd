import type { AdHocActivation, AdHocSubProcessResult } from './ad-hoc.ts';
import type { BatchCommand } from './batch.ts';
import type { UserTaskJobResult } from './job-result.ts';
import type { Document, RejectionType, ResourceValue } from './record.ts';

/**
 * What the outside may ask of the engine. `key` names the entity that is asked for, where there is one.
 * Each command is answered by exactly one {@link Answer}.
 */
export type ClientCommand =
  | BatchCommand
  | { readonly valueType: 'DEPLOYMENT'; readonly intent: 'CREATE'; readonly value: DeploymentRequest }
  | {
      readonly valueType: 'RESOURCE_DELETION';
      readonly intent: 'DELETE';
      readonly value: { readonly resourceKey: number };
    }
  | {
      readonly valueType: 'DECISION_EVALUATION';
      readonly intent: 'EVALUATE';
      readonly value: DecisionEvaluationRequest;
    }
  | {
      readonly valueType: 'PROCESS_INSTANCE_CREATION';
      readonly intent: 'CREATE' | 'CREATE_WITH_AWAITING_RESULT';
      readonly value: CreationRequest;
    }
  | { readonly valueType: 'PROCESS_INSTANCE'; readonly intent: 'CANCEL'; readonly key: number }
  | { readonly valueType: 'MESSAGE'; readonly intent: 'PUBLISH'; readonly value: MessageRequest }
  | { readonly valueType: 'MESSAGE'; readonly intent: 'EXPIRE'; readonly key: number }
  | {
      readonly valueType: 'MESSAGE_CORRELATION';
      readonly intent: 'CORRELATE';
      readonly value: CorrelationRequest;
    }
  | {
      readonly valueType: 'SIGNAL';
      readonly intent: 'BROADCAST';
      readonly value: { readonly signalName: string; readonly variables: Document };
    }
  | {
      readonly valueType: 'CONDITIONAL_EVALUATION';
      readonly intent: 'EVALUATE';
      readonly value: {
        /** -1: all definitions. */
        readonly processDefinitionKey: number;
        readonly variables: Document;
      };
    }
  | { readonly valueType: 'JOB_BATCH'; readonly intent: 'ACTIVATE'; readonly value: JobActivationRequest }
  | {
      readonly valueType: 'JOB';
      readonly intent: 'COMPLETE';
      readonly key: number;
      readonly value: { readonly variables: Document; readonly result?: JobResult };
    }
  | { readonly valueType: 'JOB'; readonly intent: 'FAIL'; readonly key: number; readonly value: JobFailure }
  | {
      readonly valueType: 'JOB';
      readonly intent: 'THROW_ERROR';
      readonly key: number;
      readonly value: JobError;
    }
  | {
      readonly valueType: 'JOB';
      readonly intent: 'UPDATE_RETRIES';
      readonly key: number;
      readonly value: { readonly retries: number };
    }
  | {
      readonly valueType: 'JOB';
      readonly intent: 'UPDATE_TIMEOUT';
      readonly key: number;
      readonly value: { readonly timeout: number };
    }
  | { readonly valueType: 'JOB'; readonly intent: 'TIME_OUT' | 'RECUR_AFTER_BACKOFF'; readonly key: number }
  | {
      readonly valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION';
      readonly intent: 'ACTIVATE';
      /** Of the instance of the ad-hoc subprocess. */
      readonly key: number;
      readonly value: {
        readonly activateElements: readonly AdHocActivation[];
        readonly cancelRemainingInstances: boolean;
      };
    }
  | { readonly valueType: 'TIMER'; readonly intent: 'TRIGGER'; readonly key: number }
  | { readonly valueType: 'VARIABLE_DOCUMENT'; readonly intent: 'UPDATE'; readonly value: VariableUpdate }
  | { readonly valueType: 'INCIDENT'; readonly intent: 'RESOLVE'; readonly key: number }
  | {
      /** The runtime's own: a command broke by a mistake in the program and was discarded. */
      readonly valueType: 'INCIDENT';
      readonly intent: 'CREATE';
      readonly value: { readonly command: BrokenCommand; readonly cause: string };
    }
  | {
      readonly valueType: 'PROCESS_INSTANCE_MODIFICATION';
      readonly intent: 'MODIFY';
      readonly key: number;
      readonly value: ModificationRequest;
    }
  | {
      readonly valueType: 'PROCESS_INSTANCE_MIGRATION';
      readonly intent: 'MIGRATE';
      readonly key: number;
      readonly value: MigrationRequest;
    }
  | {
      readonly valueType: 'USER_TASK';
      readonly intent: UserTaskRequestIntent;
      readonly key: number;
      readonly value: UserTaskRequest;
    };

/** What names the element that a broken command was for. `key` is absent where the command names none. */
export interface BrokenCommand {
  readonly valueType: string;
  readonly intent: string;
  readonly key?: number;
}

/** CLAIM is an assignment that must not take the task from somebody else. */
export type UserTaskRequestIntent = 'COMPLETE' | 'ASSIGN' | 'CLAIM' | 'UPDATE';

export interface UserTaskRequest {
  /** Empty: the standard name of the action. */
  readonly action: string;
  /** COMPLETE */
  readonly variables?: Document;
  /** ASSIGN, CLAIM; empty to unassign. */
  readonly assignee?: string;
  /** UPDATE: only what is to change. */
  readonly changes?: {
    readonly candidateGroups?: readonly string[];
    readonly candidateUsers?: readonly string[];
    readonly dueDate?: string;
    readonly followUpDate?: string;
    readonly priority?: number;
  };
}

export interface ModificationRequest {
  readonly activate: readonly {
    readonly elementId: string;
    /** -1: found by the engine. */
    readonly ancestorElementInstanceKey: number;
    readonly variables: readonly { readonly elementId: string; readonly variables: Document }[];
  }[];
  /** Keys of element instances. */
  readonly terminate: readonly number[];
  /** Elements all of whose instances end (Camunda 8.9). */
  readonly terminateIds?: readonly string[];
  readonly move?: readonly MoveInstruction[];
}

/** Ends each source and puts a token before the target for it (Camunda 8.9). */
export interface MoveInstruction {
  /** All active instances of an element, or one element instance. */
  readonly source: { readonly elementId: string } | { readonly elementInstanceKey: number };
  readonly targetElementId: string;
  /** Where the new token goes: a given scope (-1: found by the engine), that of the source, or what fits around it. */
  readonly ancestor:
    | { readonly kind: 'direct'; readonly elementInstanceKey: number }
    | { readonly kind: 'inferred' }
    | { readonly kind: 'sourceParent' };
  readonly variables: ModificationRequest['activate'][number]['variables'];
}

export interface MigrationRequest {
  readonly targetProcessDefinitionKey: number;
  readonly mappings: readonly { readonly sourceElementId: string; readonly targetElementId: string }[];
}

export interface DeploymentRequest {
  readonly resources: readonly ResourceValue[];
}

export interface CreationRequest {
  /** Empty when a key is given. */
  readonly bpmnProcessId: string;
  /** -1 when an id and a version are given. */
  readonly processDefinitionKey: number;
  /** -1: the latest. */
  readonly version: number;
  readonly variables: Document;
  readonly startInstructions: readonly { readonly elementId: string }[];
  /** The instance ends after any of these elements (Camunda 8.8). */
  readonly runtimeInstructions?: readonly { readonly afterElementId: string }[];
  /** At most 10 (Camunda 8.8). */
  readonly tags?: readonly string[];
  /** Empty or absent: none (Camunda 8.9). */
  readonly businessId?: string;
  /** With awaiting result: names to answer; empty means all. */
  readonly fetchVariables: readonly string[];
}

export interface DecisionEvaluationRequest {
  /** Empty when a key is given; wins if both are. */
  readonly decisionId: string;
  /** -1 when an id is given. */
  readonly decisionKey: number;
  readonly variables: Document;
}

export interface MessageRequest {
  readonly name: string;
  readonly correlationKey: string;
  /** ms */
  readonly timeToLive: number;
  readonly messageId: string;
  readonly variables: Document;
  /**
   * Elements that the message passes by though name and key fit, as `<processDefinitionKey>:<elementId>`: the router
   * found that the event is not for them. Zeebe's interfaces cannot say this; absent, everybody may take it.
   */
  readonly notFor?: readonly string[];
}

export interface CorrelationRequest {
  readonly name: string;
  readonly correlationKey: string;
  readonly variables: Document;
}

export interface JobActivationRequest {
  readonly type: string;
  readonly worker: string;
  /** ms until another worker may have the job */
  readonly timeout: number;
  readonly maxJobsToActivate: number;
  /** Empty: all visible variables. */
  readonly fetchVariables: readonly string[];
}

/** What a worker decided besides giving variables. */
export type JobResult = AdHocSubProcessResult | UserTaskJobResult;

export interface JobFailure {
  readonly retries: number;
  /** ms */
  readonly retryBackOff: number;
  readonly errorMessage: string;
  readonly variables: Document;
}

export interface JobError {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly variables: Document;
}

export interface VariableUpdate {
  /** Key of the element instance (or process instance) whose scope is meant. */
  readonly scopeKey: number;
  readonly updateSemantics: 'LOCAL' | 'PROPAGATE';
  readonly variables: Document;
}

/** What a caller is told. `value` of an accepted command is what the interface in question answers from. */
export type Answer<Value = unknown> =
  | {
      readonly kind: 'accepted';
      readonly key: number;
      readonly value: Value;
      /** Key of the user task whose listeners hold this back: its records bring the answer, see `awaitedAnswer`. */
      readonly awaits?: number;
    }
  | {
      readonly kind: 'rejected';
      readonly valueType: string;
      readonly intent: string;
      readonly type: RejectionType;
      /** Zeebe's text, without the `Command '…' rejected` frame that gateways put around it. */
      readonly reason: string;
    };
