import type { Rejection } from '../processing/rejection.ts';
import type { ClientCommand } from '../records/command.ts';

/** The commands of one value type. */
export type CommandOf<ValueType extends ClientCommand['valueType']> = Extract<
  ClientCommand,
  { readonly valueType: ValueType }
>;

/** What an accepted command answers. */
export interface Accepted {
  readonly key: number;
  readonly value: unknown;
  /** See `Answer`. */
  readonly awaits?: number;
  /** The caller is refused although something was done. */
  readonly refused?: Rejection;
}

export const NOTHING = {};
