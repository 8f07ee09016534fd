import type { Document } from './record.ts';

export interface CreationValue {
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  readonly tags?: readonly string[];
  readonly businessId?: string;
  /** Names to answer at the end; absent unless the result is awaited. */
  readonly fetchVariables?: readonly string[];
}

/** The end of an instance whose creator awaits it. The record's key is that of the instance. */
export interface ResultValue {
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  readonly variables: Document;
}
