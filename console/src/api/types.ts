/** Answers of the console's API, as `src/gateway/console/api.ts` gives them. Keys are decimal strings. */

export type InstanceState = 'ACTIVE' | 'COMPLETED' | 'TERMINATED';

export interface Instance {
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionName: string | null;
  readonly processDefinitionVersion: number;
  readonly processDefinitionKey: string;
  readonly state: InstanceState;
  readonly startDate: string;
  readonly endDate: string | null;
  readonly hasIncident: boolean;
  readonly parentProcessInstanceKey: string | null;
}

export interface Place {
  readonly elementId: string;
  readonly elementName: string | null;
  readonly count: number;
}

export interface InstanceSummary extends Instance {
  readonly standsAt: readonly Place[];
  readonly incidents: number;
}

export interface InstancePage {
  readonly items: readonly InstanceSummary[];
  readonly totalItems: number;
  readonly hasMoreTotalItems: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface ElementInstance {
  readonly elementInstanceKey: string;
  readonly elementId: string;
  readonly elementName: string | null;
  readonly type: string;
  readonly state: InstanceState;
  readonly startDate: string;
  readonly endDate: string | null;
  readonly elementInstanceScopeKey: string;
  readonly incidentKey: string | null;
}

export interface Variable {
  readonly variableKey: string;
  readonly name: string;
  readonly value: string;
  readonly scopeKey: string;
}

export interface Job {
  readonly jobKey: string;
  readonly type: string;
  readonly kind: string;
  readonly state: string;
  readonly retries: number;
  readonly worker: string;
  readonly deadline: string | null;
  readonly errorMessage: string;
  readonly elementId: string;
}

export interface Incident {
  readonly incidentKey: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly state: 'ACTIVE' | 'RESOLVED';
  readonly creationTime: string;
  readonly elementId: string;
  readonly elementInstanceKey: string;
  readonly jobKey: string | null;
}

export interface Subscription {
  readonly messageSubscriptionKey: string;
  readonly messageName: string;
  readonly correlationKey: string | null;
  readonly messageSubscriptionState: string;
  readonly elementId: string;
}

export interface Timer {
  readonly timerKey: string;
  readonly dueDate: string;
  readonly state: string;
  readonly elementId: string;
  readonly repetitions: number;
}

export interface InstanceView {
  readonly instance: Instance;
  readonly elements: readonly ElementInstance[];
  readonly flows: readonly { readonly elementId: string; readonly count: number }[];
  readonly variables: readonly Variable[];
  readonly jobs: readonly Job[];
  readonly incidents: readonly Incident[];
  readonly subscriptions: readonly Subscription[];
  readonly timers: readonly Timer[];
  readonly called: readonly Instance[];
  readonly cut: readonly string[];
}

export interface Definition {
  readonly processDefinitionKey: string;
  readonly processDefinitionId: string;
  readonly name: string | null;
  readonly resourceName: string;
  readonly version: number;
}

export interface DefinitionOverview {
  readonly definition: Definition;
  readonly active: number;
  readonly completed: number;
  readonly canceled: number;
  readonly withIncident: number;
}

export interface ElementStatistics {
  readonly elementId: string;
  readonly active: number;
  readonly completed: number;
  readonly canceled: number;
  readonly incidents: number;
}

export interface About {
  readonly version: string;
  readonly clock: { readonly now: string; readonly pinned: boolean };
}
