/** Tells whether a code point belongs to a set. */
export type CharSet = (code: number) => boolean;

export const never: CharSet = () => false;

export function single(code: number): CharSet {
  return (other) => other === code;
}

export function range(from: number, to: number): CharSet {
  return (code) => code >= from && code <= to;
}

export function ofText(text: string): CharSet {
  const codes = new Set([...text].map((char) => char.codePointAt(0)));
  return (code) => codes.has(code);
}

export function union(sets: readonly CharSet[]): CharSet {
  const [only, ...others] = sets;
  if (only === undefined) return never;
  return others.length === 0 ? only : (code) => sets.some((set) => set(code));
}

export function intersection(a: CharSet, b: CharSet): CharSet {
  return (code) => a(code) && b(code);
}

export function complement(set: CharSet): CharSet {
  return (code) => !set(code);
}

/** The set with both cases of its letters: of ASCII letters, or of all with Java's flag `u`. */
export function ignoringCase(set: CharSet, unicode: boolean): CharSet {
  if (!unicode) {
    return (code) => set(code) || (isAsciiLetter(code) && set(code ^ 0x20));
  }
  return (code) => {
    if (set(code)) return true;
    const char = String.fromCodePoint(code);
    return [char.toLowerCase(), char.toUpperCase()].some((other) => {
      const folded = other.codePointAt(0) ?? code;
      return String.fromCodePoint(folded) === other && set(folded);
    });
  };
}

/** The same set with its answers for ASCII in a table. */
export function tabulated(set: CharSet): CharSet {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code += 1) table[code] = set(code) ? 1 : 0;
  return (code) => (code < 128 ? table[code] === 1 : set(code));
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a && code < 0x80;
}

export const DIGIT = range(0x30, 0x39);
export const SPACE = ofText(' \t\n\v\f\r');
export const WORD = union([DIGIT, isAsciiLetter, single(0x5f)]);
export const LINE_END = ofText('\n\r\u0085\u2028\u2029');
const VERTICAL = ofText('\n\v\f\r\u0085\u2028\u2029');
const HORIZONTAL = union([ofText(' \t\u00a0\u1680\u180e\u202f\u205f\u3000'), range(0x2000, 0x200a)]);

/** The classes of one letter, such as `\d`; with Java's flag `U` they reach beyond ASCII. */
export function classOf(letter: string, unicode: boolean): CharSet | undefined {
  switch (letter) {
    case 'd':
      return unicode ? property('Nd') : DIGIT;
    case 's':
      return unicode ? property('White_Space') : SPACE;
    case 'w':
      return unicode ? union(['Alphabetic', 'M', 'Nd', 'Pc'].map(property)) : WORD;
    case 'h':
      return HORIZONTAL;
    case 'v':
      return VERTICAL;
    default:
      return undefined;
  }
}

const ASCII = range(0, 0x7f);
const GRAPH = range(0x21, 0x7e);
const ALPHA: CharSet = isAsciiLetter;
const ALNUM = union([ALPHA, DIGIT]);

const POSIX: ReadonlyMap<string, CharSet> = new Map([
  ['Lower', range(0x61, 0x7a)],
  ['Upper', range(0x41, 0x5a)],
  ['ASCII', ASCII],
  ['Alpha', ALPHA],
  ['Digit', DIGIT],
  ['Alnum', ALNUM],
  ['Punct', intersection(GRAPH, complement(ALNUM))],
  ['Graph', GRAPH],
  ['Print', range(0x20, 0x7e)],
  ['Blank', ofText(' \t')],
  ['Cntrl', union([range(0, 0x1f), single(0x7f)])],
  ['XDigit', union([DIGIT, range(0x41, 0x46), range(0x61, 0x66)])],
  ['Space', SPACE],
  ['L1', range(0, 0xff)],
  ['all', () => true],
]);

/** Java's names for what Unicode calls otherwise. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['javalowercase', 'Lowercase'],
  ['javauppercase', 'Uppercase'],
  ['javaalphabetic', 'Alphabetic'],
  ['javaletter', 'L'],
  ['javadigit', 'Nd'],
  ['javawhitespace', 'White_Space'],
  ['isletter', 'L'],
  ['istitlecase', 'Lt'],
  ['ispunctuation', 'P'],
  ['iscontrol', 'Cc'],
  ['isdigit', 'Nd'],
  ['iswhite_space', 'White_Space'],
  ['iswhitespace', 'White_Space'],
]);

/** The set that `\p{name}` stands for; undefined for a name that is unknown here (among them Unicode blocks). */
export function namedSet(name: string): CharSet | undefined {
  const posix = POSIX.get(name);
  if (posix !== undefined) return posix;
  const alias = ALIASES.get(name.toLowerCase());
  if (alias !== undefined) return property(alias);
  const bare = /^Is(.+)$/.exec(name)?.[1] ?? name;
  const [key = '', value] = bare.split('=');
  if (value !== undefined) {
    if (/^(script|sc)$/i.test(key)) return attempt(`Script=${titled(value)}`);
    return /^(general_category|gc)$/i.test(key) ? attempt(value) : undefined;
  }
  if (/^(?:[LMNPSZC][a-z]?|LC)$/.test(bare)) return attempt(bare);
  if (bare === name) return undefined;
  return attempt(titled(bare)) ?? attempt(`Script=${titled(bare)}`);
}

/** `GREEK` and `greek` as Unicode writes it: `Greek`. */
function titled(name: string): string {
  return name.replace(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}

function attempt(name: string): CharSet | undefined {
  if (!/^[\w=]+$/.test(name)) return undefined;
  try {
    return property(name);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A property of Unicode by JavaScript's name for it. */
function property(name: string): CharSet {
  const regex = new RegExp(`^\\p{${name}}$`, 'u');
  return (code) => regex.test(String.fromCodePoint(code));
}
