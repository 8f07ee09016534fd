import { type CharSet, classOf, complement, namedSet } from './char-set.ts';
import { PatternError } from './pattern.ts';

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['a', '\u0007'],
  ['e', '\u001b'],
]);

/** The text of a pattern, read from left to right, with the flags that hold at the place. */
export class Reader {
  flags: ReadonlySet<string>;
  readonly #text: string;
  #at = 0;

  constructor(text: string, flags: string) {
    this.#text = text;
    this.flags = new Set(flags);
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character (code point); undefined at the end. */
  peek(): string | undefined {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? undefined : String.fromCodePoint(code);
  }

  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  next(): string {
    const char = this.peek();
    if (char === undefined) throw new PatternError('the pattern ends too early');
    this.#at += char.length;
    return char;
  }

  accept(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Takes what a sticky expression matches here. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** With the flag `x`, blanks and comments count for nothing. */
  skipIgnored(): void {
    if (this.flags.has('x')) this.match(/(?:[ \t\n\v\f\r]|#[^\n\r\u0085\u2028\u2029]*)*/y);
  }

  /** What stands after a backslash, if it is a character or a set of them. */
  escape(): string | CharSet {
    const set = this.#setEscape();
    if (set !== undefined) return set;
    const unicode = this.match(/u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/iy);
    if (unicode !== undefined) return unicode.slice(1).map(fromHex).join('');
    const code = this.match(/u([0-9a-f]{4})|x([0-9a-f]{2})|x\{([0-9a-f]{1,6})\}/iy);
    if (code !== undefined) return fromHex(code[1] ?? code[2] ?? code[3] ?? '');
    const octal = this.match(/0([0-3][0-7]{2}|[0-7]{1,2})/y)?.[1];
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const control = this.match(/c([\0-\x7f])/y)?.[1];
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) ^ 64);
    const char = this.next();
    const known = CONTROLS.get(char);
    if (known === undefined && /[A-Za-z0-9]/.test(char)) throw new PatternError('an escape is unknown');
    return known ?? char;
  }

  #setEscape(): CharSet | undefined {
    const [whole, negation, short, long] = this.match(/(p|P)(?:([A-Za-z])|\{(\w+(?:=\w+)?)\})/y) ?? [];
    if (whole !== undefined) {
      const set = namedSet(long ?? short ?? '');
      if (set === undefined) throw new PatternError('a class of characters is unknown');
      return negation === 'P' ? complement(set) : set;
    }
    const letter = this.match(/[dswhvDSWHV]/y)?.[0];
    if (letter === undefined) return undefined;
    const set = classOf(letter.toLowerCase(), this.flags.has('U'));
    return set === undefined || letter === letter.toLowerCase() ? set : complement(set);
  }
}

function fromHex(digits: string): string {
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) throw new PatternError('a code point is too large');
  return String.fromCodePoint(code);
}
