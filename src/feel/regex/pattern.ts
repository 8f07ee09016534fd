import type { CharSet } from './char-set.ts';

/** A place between two characters that a pattern can ask for. */
export type Anchor =
  | 'text start'
  | 'text end'
  | 'last line end'
  | 'line start'
  | 'line end'
  | 'word edge'
  | 'no word edge'
  | 'last match';

/** A pattern as a tree. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet; readonly literal?: string }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Pattern }
  | {
      readonly kind: 'repeat';
      readonly body: Pattern;
      readonly min: number;
      /** `Infinity` if there is no bound. */
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly kind: 'atomic'; readonly body: Pattern }
  | {
      readonly kind: 'look';
      readonly body: Pattern;
      readonly behind: boolean;
      readonly negative: boolean;
    }
  | { readonly kind: 'reference'; readonly group: number; readonly ignoreCase: boolean }
  | { readonly kind: 'anchor'; readonly anchor: Anchor };

/** Why a text is no pattern. */
export class PatternError extends Error {}

/** The largest number of UTF-16 units that a match can have; `Infinity` if there is no bound. */
export function maxLength(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'set':
      return 2;
    case 'sequence':
      return pattern.items.reduce((sum, item) => sum + maxLength(item), 0);
    case 'choice':
      return Math.max(...pattern.branches.map(maxLength));
    case 'group':
    case 'atomic':
      return maxLength(pattern.body);
    case 'repeat': {
      const each = maxLength(pattern.body);
      return each === 0 ? 0 : each * pattern.max;
    }
    case 'reference':
      return Number.POSITIVE_INFINITY;
    case 'look':
    case 'anchor':
      return 0;
  }
}
