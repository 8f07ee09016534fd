import { inwardMember, outward } from './codec.ts';

/**
 * Objects in one list, for texts that hold many alike: records and rows of one transaction. Of each only what differs from
 * the last one of its shape is told; names are told once, keys and times, which are long, as distances from the first one.
 */
export interface PackedShapes {
  /** Names of the members, and how each is told. */
  readonly shapes: readonly (readonly [readonly string[], readonly Kind[]])[];
  /** The first key, and the first time. */
  readonly key: number;
  readonly time: number;
}

const PLAIN = 0;
/** Distance from the first key, or time. */
const KEY = 1;
const TIME = 2;
/** The map that was told last: nothing follows. */
const SAME_MAP = 3;
export type NumberKind = typeof PLAIN | typeof KEY | typeof TIME;
type Kind = NumberKind | typeof SAME_MAP;

/** As many bits as a mask has. */
const MOST_MEMBERS = 30;
const MOST_SHAPES = 200;
const FIRST_TIME = 2 ** 40;
const FIRST_KEY = 2 ** 50;

/** How a number is told. */
export function kindOf(value: number): NumberKind {
  if (value < FIRST_TIME || !Number.isSafeInteger(value)) return PLAIN;
  return value < FIRST_KEY ? TIME : KEY;
}

/** Objects with the same members, told the same way. */
export class Shape {
  readonly number: number;
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** Values of the last one. */
  readonly last: unknown[];

  constructor(number: number, names: readonly string[], kinds: readonly Kind[]) {
    this.number = number;
    this.names = names;
    this.kinds = kinds;
    this.last = names.map(() => undefined);
  }
}

/**
 * Puts objects into a list: the number of a shape, from 1, a mask of the members that follow, and these. 0 in place of a shape:
 * the whole object follows. Members that are `undefined` are left out. Throws as `encode` does.
 */
export class Packer {
  readonly list: unknown[] = [];
  readonly #shapes: Shape[] = [];
  #key = 0;
  #time = 0;
  #map: unknown;
  /** Values of the object that was looked at last. */
  readonly #cells: unknown[] = [];

  /** To be told beside the list. */
  shapes(): PackedShapes {
    const shapes = this.#shapes.map(({ names, kinds }) => [names, kinds] as const);
    return { shapes, key: this.#key, time: this.#time };
  }

  /** `likely` is tried first; answers the shape that the object has. */
  add(object: object, likely: Shape | undefined): Shape | undefined {
    const { list } = this;
    const shape = likely !== undefined && this.#fits(object, likely) ? likely : this.#shapeOf(object);
    if (shape === undefined) {
      list.push(0, outward(object));
      return undefined;
    }
    const { kinds, last } = shape;
    const at = list.length;
    list.push(shape.number, 0);
    let mask = 0;
    for (let member = 0; member < kinds.length; member++) {
      const kind = kinds[member] as Kind;
      const value = this.#cells[member];
      if (kind === SAME_MAP || value === last[member]) continue;
      mask |= 1 << member;
      last[member] = value;
      if (value instanceof Map) this.#map = value;
      list.push(kind === PLAIN ? outward(value) : this.distance(value as number, kind));
    }
    list[at + 1] = mask;
    return shape;
  }

  /** A number as it is told. */
  distance(value: number, kind: NumberKind): number {
    if (kind === PLAIN) return value;
    if (kind === KEY) {
      if (this.#key === 0) this.#key = value;
      return value - this.#key;
    }
    if (this.#time === 0) this.#time = value;
    return value - this.#time;
  }

  /** Puts the members into the cells. */
  #fits(object: object, { names, kinds, last }: Shape): boolean {
    let at = 0;
    for (const name in object) {
      const value = (object as Record<string, unknown>)[name];
      if (value === undefined) continue;
      if (names[at] !== name || (value !== last[at] && kinds[at] !== this.#kindOf(value))) return false;
      this.#cells[at] = value;
      at += 1;
    }
    return at === names.length;
  }

  #kindOf(value: unknown): Kind {
    if (typeof value === 'number') return value < FIRST_TIME ? PLAIN : kindOf(value);
    return typeof value === 'object' && value !== null && value === this.#map ? SAME_MAP : PLAIN;
  }

  #shapeOf(object: object): Shape | undefined {
    if (Array.isArray(object) || object instanceof Map || object instanceof Set) return undefined;
    for (const shape of this.#shapes) if (this.#fits(object, shape)) return shape;
    const names: string[] = [];
    const kinds: Kind[] = [];
    for (const name in object) {
      const value = (object as Record<string, unknown>)[name];
      if (value === undefined) continue;
      // Assigned to an object it would be no member.
      if (name === '__proto__') return undefined;
      names.push(name);
      kinds.push(this.#kindOf(value));
    }
    if (names.length > MOST_MEMBERS || this.#shapes.length === MOST_SHAPES) return undefined;
    const shape = new Shape(this.#shapes.length + 1, names, kinds);
    this.#shapes.push(shape);
    this.#fits(object, shape);
    return shape;
  }
}

/** Takes out of a list what a {@link Packer} put into it, in the same order. */
export class Unpacker {
  readonly #list: readonly unknown[];
  readonly #shapes: readonly Shape[];
  readonly #key: number;
  readonly #time: number;
  #map: unknown;
  #at = 0;

  constructor({ shapes, key, time }: PackedShapes, list: readonly unknown[]) {
    this.#list = list;
    this.#shapes = shapes.map(([names, kinds], at) => new Shape(at + 1, names, kinds));
    this.#key = key;
    this.#time = time;
  }

  get done(): boolean {
    return this.#at >= this.#list.length;
  }

  next(): unknown {
    return this.#list[this.#at++];
  }

  /** The next entry as a number that was told so. */
  number(kind: NumberKind | undefined): number {
    return (this.next() as number) + (kind === KEY ? this.#key : kind === TIME ? this.#time : 0);
  }

  /** The next object; `number` is that of its shape, where it is taken out already. */
  object(number = this.next() as number): object {
    if (number === 0) return inwardMember(this.next()) as object;
    const { names, kinds, last } = this.#shapes[number - 1] as Shape;
    const mask = this.next() as number;
    const map = this.#map;
    const object: Record<string, unknown> = {};
    for (let member = 0; member < names.length; member++) {
      const kind = kinds[member] as Kind;
      let value = kind === SAME_MAP ? map : last[member];
      if ((mask & (1 << member)) !== 0) {
        value = kind === PLAIN ? inwardMember(this.next()) : this.number(kind as NumberKind);
        last[member] = value;
        if (value instanceof Map) this.#map = value;
      }
      object[names[member] as string] = value;
    }
    return object;
  }
}
