import type { Document, ElementOwner } from './record.ts';

export interface UserTaskValue extends ElementOwner {
  readonly userTaskKey: number;
  readonly assignee: string;
  readonly candidateGroupsList: readonly string[];
  readonly candidateUsersList: readonly string[];
  readonly dueDate: string;
  readonly followUpDate: string;
  readonly priority: number;
  readonly action: string;
  readonly externalFormReference: string;
  readonly formKey: number;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly changedAttributes: readonly string[];
  readonly creationTimestamp: number;
  readonly variables: Document;
  /** Of a denied step: what the listener gave as its reason. */
  readonly deniedReason?: string;
}

export interface VariableDocumentValue {
  /** Element instance in whose scope the variables are set, or from where they go upwards. */
  readonly scopeKey: number;
  readonly updateSemantics?: 'LOCAL' | 'PROPAGATE';
  readonly variables: Document;
}
