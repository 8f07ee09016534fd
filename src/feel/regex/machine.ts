import { LINE_END, WORD } from './char-set.ts';
import type { Anchor } from './pattern.ts';
import type { Instruction } from './program.ts';

/** Counts the work of matching. Throws when there was too much. */
export interface Budget {
  spend(steps: number): void;
}

/** Choices that may be open at one time. */
const MAX_CHOICES = 1_000_000;
/** Steps after which the budget is told. */
const REPORT = 1_024;

// What an entry on the stack of choices is; each has four numbers: a, b, c and its kind.
/** Go on at instruction a, place b. */
const BRANCH = 0;
/** Slot a held b. */
const SLOT = 1;
/** A greedy run before instruction a reached place b and may give back as far as c. */
const GIVE_BACK = 2;
/** A lazy run at instruction a reached place b and may take c more. */
const TAKE_MORE = 3;

/**
 * Matches by trying one choice after the other, as Java does, but with its choices on a stack of its own
 * and every step counted, so that no pattern and no text can overflow or take for ever.
 */
export class Machine {
  readonly #text: string;
  readonly #budget: Budget;
  readonly #slots: number[];
  readonly #lastEnd: number;
  #steps = 0;

  constructor(text: string, slots: number, lastEnd: number, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
    this.#lastEnd = lastEnd;
    this.#slots = new Array<number>(slots).fill(-1);
  }

  /** Starts and ends of the groups, -1 where a group took no part. */
  get slots(): readonly number[] {
    return this.#slots;
  }

  /** The end of a match that begins at `start`; -1 if there is none. */
  matchAt(code: readonly Instruction[], start: number): number {
    this.#slots.fill(-1);
    return this.#run(code, start, -1);
  }

  /** Tells the budget about the steps that it does not know yet. */
  settle(): void {
    this.#budget.spend(this.#steps);
    this.#steps = 0;
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps >= REPORT) this.settle();
  }

  /** With `mustEnd` (not -1) only a match that ends there counts. */
  #run(code: readonly Instruction[], start: number, mustEnd: number): number {
    const stack: number[] = [];
    let at = 0;
    let place = start;
    for (;;) {
      this.#count();
      if (stack.length > 4 * MAX_CHOICES) this.#budget.spend(Number.POSITIVE_INFINITY);
      const step = code[at] as Instruction;
      let ok = true;
      switch (step.op) {
        case 'match':
          if (mustEnd < 0 || place === mustEnd) return place;
          ok = false;
          break;
        case 'set': {
          const char = this.#text.codePointAt(place);
          ok = char !== undefined && step.set(char);
          if (ok) place += char !== undefined && char > 0xffff ? 2 : 1;
          at += 1;
          break;
        }
        case 'run': {
          const lazy = step.mode === 'lazy';
          const least = this.#take(step.set, place, step.min);
          if (least < 0) {
            ok = false;
            break;
          }
          const more = step.max - step.min;
          at += 1;
          if (lazy) {
            place = least;
            if (more > 0) stack.push(at - 1, place, more, TAKE_MORE);
          } else {
            place = this.#takeAll(step.set, least, more);
            if (step.mode === 'greedy' && place > least) stack.push(at, place, least, GIVE_BACK);
          }
          break;
        }
        case 'split':
          stack.push(step.second, place, 0, BRANCH);
          at = step.first;
          break;
        case 'jump':
          at = step.to;
          break;
        case 'save':
          this.#save(step.slot, place, stack);
          at += 1;
          break;
        case 'progress':
          at = this.#slots[step.slot] === place ? at + 1 : step.loop;
          break;
        case 'anchor':
          ok = this.#holds(step.anchor, place);
          at += 1;
          break;
        case 'reference': {
          const end = this.#repeatedGroup(step.group, place, step.ignoreCase);
          ok = end >= 0;
          if (ok) place = end;
          at += 1;
          break;
        }
        case 'atomic': {
          const end = this.#inner(step.body, place, -1, stack);
          ok = end >= 0;
          if (ok) place = end;
          at += 1;
          break;
        }
        case 'look':
          ok = this.#looks(step, place, stack);
          at += 1;
      }
      if (ok) continue;
      const choice = this.#backtrack(code, stack);
      if (choice === undefined) return -1;
      [at, place] = choice;
    }
  }

  /** Takes the newest open choice: the instruction and place to go on with. */
  #backtrack(code: readonly Instruction[], stack: number[]): readonly [number, number] | undefined {
    for (;;) {
      const kind = stack.pop();
      if (kind === undefined) return undefined;
      const c = stack.pop() as number;
      const b = stack.pop() as number;
      const a = stack.pop() as number;
      this.#count();
      if (kind === BRANCH) return [a, b];
      if (kind === SLOT) this.#slots[a] = b;
      else if (kind === GIVE_BACK) {
        const place = this.#before(b);
        if (place > c) stack.push(a, place, c, GIVE_BACK);
        return [a, place];
      } else {
        const step = code[a] as Extract<Instruction, { op: 'run' }>;
        const place = this.#take(step.set, b, 1);
        if (place < 0) continue;
        if (c > 1) stack.push(a, place, c - 1, TAKE_MORE);
        return [a + 1, place];
      }
    }
  }

  #save(slot: number, place: number, stack: number[]): void {
    stack.push(slot, this.#slots[slot] ?? -1, 0, SLOT);
    this.#slots[slot] = place;
  }

  /** Runs a part on its own; what it saved can be undone by the choices around it. */
  #inner(body: readonly Instruction[], place: number, mustEnd: number, stack: number[]): number {
    const before = [...this.#slots];
    const end = this.#run(body, place, mustEnd);
    for (const [slot, value] of before.entries()) {
      if (this.#slots[slot] === value) continue;
      if (end < 0) this.#slots[slot] = value;
      else stack.push(slot, value, 0, SLOT);
    }
    return end;
  }

  #looks(step: Extract<Instruction, { op: 'look' }>, place: number, stack: number[]): boolean {
    const before = [...this.#slots];
    const found =
      step.reach < 0
        ? this.#inner(step.body, place, -1, stack) >= 0
        : this.#behind(step.body, place, step.reach, stack);
    if (step.negative && found) for (const [slot, value] of before.entries()) this.#slots[slot] = value;
    return found !== step.negative;
  }

  #behind(body: readonly Instruction[], place: number, reach: number, stack: number[]): boolean {
    for (let start = place; start >= Math.max(0, place - reach); start -= 1) {
      if (this.#inner(body, start, place, stack) >= 0) return true;
    }
    return false;
  }

  /** The place after exactly so many characters of the set; -1 if there are fewer. */
  #take(set: (code: number) => boolean, from: number, count: number): number {
    let place = from;
    for (let taken = 0; taken < count; taken += 1) {
      this.#count();
      const char = this.#text.codePointAt(place);
      if (char === undefined || !set(char)) return -1;
      place += char > 0xffff ? 2 : 1;
    }
    return place;
  }

  /** The place after as many characters of the set as there are, at most `max`. */
  #takeAll(set: (code: number) => boolean, from: number, max: number): number {
    let place = from;
    for (let taken = 0; taken < max; taken += 1) {
      this.#count();
      const char = this.#text.codePointAt(place);
      if (char === undefined || !set(char)) break;
      place += char > 0xffff ? 2 : 1;
    }
    return place;
  }

  #repeatedGroup(group: number, place: number, ignoreCase: boolean): number {
    const [start = -1, end = -1] = [this.#slots[2 * group], this.#slots[2 * group + 1]];
    // A group that is no group of the pattern never matched either.
    if (start < 0 || end < 0) return -1;
    const wanted = this.#text.slice(start, end);
    const found = this.#text.slice(place, place + wanted.length);
    this.#steps += wanted.length >> 4;
    const same = ignoreCase ? wanted.toLowerCase() === found.toLowerCase() : wanted === found;
    return same ? place + wanted.length : -1;
  }

  #before(place: number): number {
    const low = this.#text.charCodeAt(place - 1);
    const high = this.#text.charCodeAt(place - 2);
    return low >= 0xdc00 && low < 0xe000 && high >= 0xd800 && high < 0xdc00 ? place - 2 : place - 1;
  }

  #holds(anchor: Anchor, place: number): boolean {
    const text = this.#text;
    switch (anchor) {
      case 'text start':
        return place === 0;
      case 'text end':
        return place === text.length;
      case 'last line end':
        return place === text.length || (this.#atLineEnd(place) && this.#afterLineEnd(place) === text.length);
      case 'line start':
        return place === 0 || (place < text.length && this.#afterLine(place));
      case 'line end':
        return place === text.length || this.#atLineEnd(place);
      case 'word edge':
        return this.#isWord(place - 1) !== this.#isWord(place);
      case 'no word edge':
        return this.#isWord(place - 1) === this.#isWord(place);
      case 'last match':
        return place === this.#lastEnd;
    }
  }

  #isWord(place: number): boolean {
    return place >= 0 && WORD(this.#text.charCodeAt(place));
  }

  /** Not between a CR and its LF. */
  #atLineEnd(place: number): boolean {
    if (!LINE_END(this.#text.charCodeAt(place))) return false;
    return !(this.#text[place] === '\n' && this.#text[place - 1] === '\r');
  }

  #afterLineEnd(place: number): number {
    return place + (this.#text.startsWith('\r\n', place) ? 2 : 1);
  }

  #afterLine(place: number): boolean {
    if (!LINE_END(this.#text.charCodeAt(place - 1))) return false;
    return !(this.#text[place - 1] === '\r' && this.#text[place] === '\n');
  }
}
