import type { FeelValue, Scope } from '../../feel/index.ts';

/** A scope that also tells how a variable is written: while the text is the same, so is the value. */
export interface WrittenScope extends Scope {
  /** Undefined if there is no such variable. */
  text(name: string): string | undefined;
}

interface Remembered {
  readonly expression: string;
  /** What the expression read, as it was written then. */
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly list: readonly FeelValue[];
  readonly size: number;
}

/** What all lists that are remembered may take together, by {@link sizeOf}: some ten megabytes. */
const MOST = 4 * 1024 * 1024;
/** What may give another value though it reads the same. */
const CHANGING = /\b(?:now|today|uuid|random\s+number)\s*\(/;

/**
 * The lists that expressions gave: a multi-instance asks for its input collection twice for each of its instances, and
 * computes it once. What an expression read is noted down, and looked at again each time. By a number that stands for
 * who asks; the one who asked longest ago leaves first.
 */
export class ListMemory {
  readonly #lists = new Map<number, Remembered>();
  #size = 0;

  /** @param compute evaluates the expression in the scope that it is given */
  get(
    owner: number,
    expression: string,
    scope: WrittenScope,
    compute: (scope: Scope) => readonly FeelValue[],
  ): readonly FeelValue[] {
    const known = this.#lists.get(owner);
    if (known?.expression === expression && isAsWritten(known.reads, scope)) {
      this.#lists.delete(owner);
      this.#lists.set(owner, known);
      return known.list;
    }
    const reads = new Map<string, string | undefined>();
    let unwritten = CHANGING.test(expression);
    const list = compute({
      get: (name) => {
        const value = scope.get(name);
        const text = scope.text(name);
        if (text === undefined && value !== undefined) unwritten = true;
        reads.set(name, text);
        return value;
      },
    });
    this.#forget(owner);
    if (!unwritten) this.#remember(owner, { expression, reads, list, size: sizeOf(reads, list) });
    return list;
  }

  #remember(owner: number, remembered: Remembered): void {
    this.#lists.set(owner, remembered);
    this.#size += remembered.size;
    for (const oldest of this.#lists.keys()) {
      if (this.#size <= MOST || this.#lists.size === 1) return;
      this.#forget(oldest);
    }
  }

  #forget(owner: number): void {
    this.#size -= this.#lists.get(owner)?.size ?? 0;
    this.#lists.delete(owner);
  }
}

/** A list takes about as much as the texts that it was made of, and some more for each item. */
function sizeOf(reads: ReadonlyMap<string, string | undefined>, list: readonly FeelValue[]): number {
  let size = 16 * (list.length + 1);
  for (const text of reads.values()) size += text?.length ?? 0;
  return size;
}

function isAsWritten(reads: ReadonlyMap<string, string | undefined>, scope: WrittenScope): boolean {
  for (const [name, text] of reads) if (scope.text(name) !== text) return false;
  return true;
}
