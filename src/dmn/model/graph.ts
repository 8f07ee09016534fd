/** Version of the shape below, stored with each model. */
export const DECISION_GRAPH_FORMAT = 1;

/** A DMN file as plain JSON: decisions, the knowledge they use, and what requires what. */
export interface DecisionGraph {
  readonly format: number;
  readonly id: string;
  readonly name: string;
  /** In the order in which Zeebe deploys them, see `order.ts`. */
  readonly decisions: readonly Decision[];
  /** Business knowledge models that a decision requires, directly or not. */
  readonly knowledge: readonly Knowledge[];
}

export interface Decision {
  readonly id: string;
  readonly name: string;
  /** Name under which a decision that requires this one sees its result. */
  readonly resultName: string;
  /** Type that the result must have; absent or unknown: any. */
  readonly resultType?: string;
  /** Ids of decisions. */
  readonly requires: readonly string[];
  /** Ids of knowledge. */
  readonly knows: readonly string[];
  readonly logic: Logic;
  readonly versionTag?: string;
}

/** A business knowledge model: a function. */
export interface Knowledge {
  readonly id: string;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Ids of knowledge. */
  readonly knows: readonly string[];
  /** Absent: it gives null. */
  readonly logic?: Logic;
}

export interface Parameter {
  readonly name: string;
  readonly type?: string;
}

/** How a value is found. Texts are FEEL. */
export type Logic =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'table'; readonly table: DecisionTable }
  | {
      readonly kind: 'context';
      readonly entries: readonly NamedLogic[];
      /** The value of the whole; absent: a context of the entries. */
      readonly result?: Logic;
    }
  | { readonly kind: 'list'; readonly items: readonly Logic[] }
  | { readonly kind: 'relation'; readonly rows: readonly (readonly NamedLogic[])[] }
  | { readonly kind: 'function'; readonly parameters: readonly Parameter[]; readonly text: string }
  | {
      readonly kind: 'invocation';
      /** Id of the knowledge. */
      readonly knowledge: string;
      readonly bindings: readonly { readonly name: string; readonly text: string }[];
    };

export interface NamedLogic {
  readonly name: string;
  readonly logic: Logic;
}

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'PRIORITY' | 'ANY' | 'COLLECT' | 'RULE ORDER' | 'OUTPUT ORDER';
export type Aggregator = 'SUM' | 'MIN' | 'MAX' | 'COUNT';

export interface DecisionTable {
  readonly hitPolicy: HitPolicy;
  readonly aggregator?: Aggregator;
  readonly inputs: readonly { readonly id: string; readonly name: string; readonly text: string }[];
  readonly outputs: readonly TableOutput[];
  readonly rules: readonly TableRule[];
}

export interface TableOutput {
  readonly id: string;
  readonly name: string;
  /** What people read: the label, else the name. */
  readonly label: string;
  /** Output values in the order of their priority, without quotes. */
  readonly values: readonly string[];
  /** FEEL for the value if no rule matches. */
  readonly default?: string;
}

export interface TableRule {
  readonly id: string;
  /** Unary tests; an empty one is always met. */
  readonly tests: readonly string[];
  readonly values: readonly string[];
}
