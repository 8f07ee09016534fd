import type { CharSet } from './char-set.ts';
import { type Anchor, maxLength, type Pattern, PatternError } from './pattern.ts';

/** One step of a compiled pattern. Addresses are indexes into the program. */
export type Instruction =
  | { readonly op: 'set'; readonly set: CharSet }
  /** A repeated set, without a choice for each character. */
  | {
      readonly op: 'run';
      readonly set: CharSet;
      readonly min: number;
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  /** Goes to `loop` if there was progress since the place in `slot`. */
  | { readonly op: 'progress'; readonly slot: number; readonly loop: number }
  | { readonly op: 'anchor'; readonly anchor: Anchor }
  | { readonly op: 'reference'; readonly group: number; readonly ignoreCase: boolean }
  | { readonly op: 'atomic'; readonly body: readonly Instruction[] }
  | {
      readonly op: 'look';
      readonly body: readonly Instruction[];
      /** How far before the place a look-behind may begin; -1 for one ahead. */
      readonly reach: number;
      readonly negative: boolean;
    }
  | { readonly op: 'match' };

/** Instructions of a pattern: counted repetitions are written out, so a short pattern can be a long program. */
const MAX_SIZE = 20_000;

export interface Program {
  readonly code: readonly Instruction[];
  /** Slots 2n and 2n + 1 hold the start and end of group n; the slots after those belong to loops. */
  readonly slots: number;
}

/** Compiles a pattern with so many groups. Throws `PatternError` if it is too large. */
export function compileProgram(pattern: Pattern, groups: number): Program {
  const compiler = new ProgramCompiler(2 * groups + 2);
  const code = compiler.whole(pattern);
  return { code, slots: compiler.slots };
}

class ProgramCompiler {
  slots: number;
  #size = 0;

  constructor(slots: number) {
    this.slots = slots;
  }

  whole(pattern: Pattern): Instruction[] {
    const code: Instruction[] = [];
    this.#write(pattern, code);
    this.#emit(code, { op: 'match' });
    return code;
  }

  #emit<T extends Instruction>(code: Instruction[], instruction: T): T {
    this.#size += 1;
    if (this.#size > MAX_SIZE) throw new PatternError('the pattern is too large');
    code.push(instruction);
    return instruction;
  }

  #write(pattern: Pattern, code: Instruction[]): void {
    switch (pattern.kind) {
      case 'set':
        this.#emit(code, { op: 'set', set: pattern.set });
        return;
      case 'sequence':
        for (const item of pattern.items) this.#write(item, code);
        return;
      case 'choice':
        this.#choice(pattern.branches, code);
        return;
      case 'group':
        this.#emit(code, { op: 'save', slot: 2 * pattern.index });
        this.#write(pattern.body, code);
        this.#emit(code, { op: 'save', slot: 2 * pattern.index + 1 });
        return;
      case 'repeat':
        this.#repeat(pattern, code);
        return;
      case 'atomic':
        this.#emit(code, { op: 'atomic', body: this.whole(pattern.body) });
        return;
      case 'look': {
        const { body, behind, negative } = pattern;
        const reach = behind ? maxLength(body) : -1;
        this.#emit(code, { op: 'look', body: this.whole(body), reach, negative });
        return;
      }
      case 'reference':
        this.#emit(code, { op: 'reference', group: pattern.group, ignoreCase: pattern.ignoreCase });
        return;
      case 'anchor':
        this.#emit(code, { op: 'anchor', anchor: pattern.anchor });
    }
  }

  #choice(branches: readonly Pattern[], code: Instruction[]): void {
    const ends: { op: 'jump'; to: number }[] = [];
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.#write(branch, code);
        break;
      }
      const split: Extract<Instruction, { op: 'split' }> = { op: 'split', first: 0, second: 0 };
      this.#emit(code, split);
      split.first = code.length;
      this.#write(branch, code);
      ends.push(this.#emit(code, { op: 'jump', to: 0 }));
      split.second = code.length;
    }
    for (const end of ends) end.to = code.length;
  }

  #repeat(pattern: Extract<Pattern, { kind: 'repeat' }>, code: Instruction[]): void {
    const { body, min, max, mode } = pattern;
    if (body.kind === 'set') {
      this.#emit(code, { op: 'run', set: body.set, min, max, mode });
      return;
    }
    if (mode === 'possessive') {
      const inner: Pattern = { kind: 'repeat', body, min, max, mode: 'greedy' };
      this.#emit(code, { op: 'atomic', body: this.whole(inner) });
      return;
    }
    for (let count = 0; count < min; count += 1) this.#write(body, code);
    if (max === Number.POSITIVE_INFINITY) this.#loop(body, mode === 'lazy', code);
    else this.#options(body, max - min, mode === 'lazy', code);
  }

  /** Any number of times; a round that matches nothing is the last one. */
  #loop(body: Pattern, lazy: boolean, code: Instruction[]): void {
    const slot = this.slots;
    this.slots += 1;
    const loop = code.length;
    const split = this.#emit<Extract<Instruction, { op: 'split' }>>(code, {
      op: 'split',
      first: 0,
      second: 0,
    });
    const start = code.length;
    this.#emit(code, { op: 'save', slot });
    this.#write(body, code);
    this.#emit(code, { op: 'progress', slot, loop });
    aim(split, start, code.length, lazy);
  }

  /** At most so many times. */
  #options(body: Pattern, count: number, lazy: boolean, code: Instruction[]): void {
    const splits: { split: Extract<Instruction, { op: 'split' }>; start: number }[] = [];
    for (let index = 0; index < count; index += 1) {
      const split = this.#emit<Extract<Instruction, { op: 'split' }>>(code, {
        op: 'split',
        first: 0,
        second: 0,
      });
      splits.push({ split, start: code.length });
      this.#write(body, code);
    }
    for (const { split, start } of splits) aim(split, start, code.length, lazy);
  }
}

/** What is tried first: the body, or, if lazy, what comes after it. */
function aim(split: { first: number; second: number }, body: number, after: number, lazy: boolean): void {
  split.first = lazy ? after : body;
  split.second = lazy ? body : after;
}
