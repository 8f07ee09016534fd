import { type CharSet, complement, ignoringCase, intersection, range, single, union } from './char-set.ts';
import { PatternError } from './pattern.ts';
import type { Reader } from './reader.ts';

const MAX_DEPTH = 100;

/** Parses a class from behind its `[` to behind its `]`: ranges, nested classes, `&&` for what both sides have. */
export function parseClass(reader: Reader, depth = 0): CharSet {
  if (depth > MAX_DEPTH) throw new PatternError('the pattern nests too deeply');
  const negated = reader.accept('^');
  let set: CharSet | undefined;
  let part: CharSet[] = [];
  let isFirst = true;
  for (;;) {
    reader.skipIgnored();
    // A bracket that comes first is a character of the class.
    if (!isFirst && reader.accept(']')) break;
    if (reader.accept('&&')) {
      set = joined(set, part);
      part = [];
    } else if (reader.accept('[')) part.push(parseClass(reader, depth + 1));
    else part.push(...parseItem(reader));
    isFirst = false;
  }
  const whole = joined(set, part);
  if (whole === undefined) throw new PatternError('a class is empty');
  return negated ? complement(whole) : whole;
}

function joined(set: CharSet | undefined, part: readonly CharSet[]): CharSet | undefined {
  if (part.length === 0) return set;
  const right = union(part);
  return set === undefined ? right : intersection(set, right);
}

function parseItem(reader: Reader): CharSet[] {
  const quoted = reader.match(/\\Q([\s\S]*?)(?:\\E|$)/y)?.[1];
  if (quoted !== undefined)
    return [...quoted].map((char) => folded(reader, single(char.codePointAt(0) ?? 0)));
  const from = parseChar(reader);
  if (typeof from !== 'string') return [from];
  const start = from.codePointAt(0) ?? 0;
  if (!reader.startsWith('-') || reader.startsWith('-]') || reader.startsWith('-[')) {
    return [folded(reader, single(start))];
  }
  reader.next();
  const to = parseChar(reader);
  if (typeof to !== 'string') return [folded(reader, single(start)), single(0x2d), to];
  const end = to.codePointAt(0) ?? 0;
  if (start > end) throw new PatternError('a range of characters is empty');
  return [folded(reader, range(start, end))];
}

function parseChar(reader: Reader): string | CharSet {
  return reader.accept('\\') ? reader.escape() : reader.next();
}

function folded(reader: Reader, set: CharSet): CharSet {
  return reader.flags.has('i') ? ignoringCase(set, reader.flags.has('u')) : set;
}
