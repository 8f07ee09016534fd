/**
 * Rows and records as JSON text. Beyond JSON they hold maps (variable documents), which become `{"$map": [k, v, …]}` so
 * that order and exact texts stay. A plain object that itself has a member `$map` is wrapped the same way as
 * `{"$obj": [[k, v], …]}`, as maps were in older folders. Members that are `undefined` are left out; what JSON cannot say
 * is refused.
 */

const MAP = '$map';
const OBJECT = '$obj';

/** Throws `TypeError` for functions, symbols, bigints, sets, and numbers that are not finite. */
export function encode(value: object): string {
  return JSON.stringify(outward(value));
}

export function decode<T extends object>(text: string): T {
  const value = JSON.parse(text) as T;
  // The walk is needed only where a marker occurs; in most rows none does.
  return text.includes('{"$') ? (inward(value) as T) : value;
}

/**
 * The value itself where it is plain JSON already, else a copy with the maps marked. Of each member the value is read
 * once and first, which the compiler makes cheap in a loop over names; most members are no objects.
 */
export function outward(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    refuseUnstorable(value);
    return value;
  }
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const before = value[index];
      const member = outward(before);
      if (member === before) continue;
      copy ??= value.slice();
      copy[index] = member;
    }
    return copy ?? value;
  }
  if (value instanceof Map) return { [MAP]: entriesOf(value) };
  if (value instanceof Set) throw new TypeError('A Set cannot be stored; use an array');
  const source = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  let marked = false;
  for (const key in source) {
    const before = source[key];
    if (key === MAP || key === OBJECT) marked = true;
    if (typeof before === 'string') continue;
    if (typeof before !== 'object' || before === null) {
      refuseUnstorable(before);
      continue;
    }
    const member = outward(before);
    if (member === before) continue;
    copy ??= { ...source };
    copy[key] = member;
  }
  return marked ? { [OBJECT]: Object.entries(copy ?? source) } : (copy ?? source);
}

/** Keys and values of a map in turn. */
export function entriesOf(map: ReadonlyMap<unknown, unknown>): unknown[] {
  const entries: unknown[] = [];
  map.forEach((member, key) => void entries.push(key, outward(member)));
  return entries;
}

function refuseUnstorable(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`${value} is not a JSON number`);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new TypeError(`A ${typeof value} cannot be stored`);
}

/** Changes freshly parsed values in place. */
function inward(value: object): unknown {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const member: unknown = value[index];
      if (typeof member === 'object' && member !== null) value[index] = inward(member);
    }
    return value;
  }
  const source = value as Record<string, unknown>;
  const map = source[MAP];
  if (Array.isArray(map)) return mapOf(map);
  const object = source[OBJECT];
  if (Array.isArray(object))
    return Object.fromEntries(object.map(([key, member]) => [key, inwardMember(member)]));
  for (const key in source) {
    const member = source[key];
    if (typeof member === 'object' && member !== null) source[key] = inward(member);
  }
  return source;
}

/** The map of what {@link entriesOf} gave, as it was parsed. */
export function mapOf(entries: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  // Of an older folder; keys are never lists.
  if (Array.isArray(entries[0]))
    for (const [key, member] of entries as [unknown, unknown][]) map.set(key, inwardMember(member));
  else for (let at = 0; at < entries.length; at += 2) map.set(entries[at], inwardMember(entries[at + 1]));
  return map;
}

export function inwardMember(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? inward(value) : value;
}
