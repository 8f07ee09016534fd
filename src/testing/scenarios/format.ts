/** The files of a scenario folder, as `scenarios/FORMAT.md` describes them. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface Scenario {
  readonly title: string;
  /** Where the behaviour is documented; absent if it was recorded. */
  readonly source?: string;
  readonly startAt?: string;
  readonly looseMessages?: boolean;
  readonly steps: readonly JsonObject[];
}

export interface StepOutcome {
  readonly response: Json;
  readonly rejection: { readonly code: string; readonly message: string } | null;
  readonly records: readonly (readonly Json[])[];
  /** Answers to earlier steps that task listeners had held back, in order of those steps. */
  readonly answers?: readonly HeldBackAnswer[];
}

export interface HeldBackAnswer extends Pick<StepOutcome, 'response' | 'rejection'> {
  /** Number of the step that is answered, from 1. */
  readonly step: number;
}

export interface Expected {
  readonly engine: string;
  readonly steps: readonly StepOutcome[];
}
