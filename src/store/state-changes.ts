import type { KeyPart } from '../engine/state/port.ts';
import { type PackedShapes, Packer, type Shape, Unpacker } from './packed-values.ts';

/** What was done to the rows of one table: those that are new, and the keys of those that are gone. */
export interface Changed {
  readonly rows: object[];
  readonly gone: KeyPart[];
}

/** Name of a table, and what was done to it. */
export type Told = readonly [table: string, changed: Changed];

/** For each table its name, the numbers of new rows and of gone ones, and these; of a gone row an object with its key. */
interface ChangesText extends PackedShapes {
  readonly entries: readonly unknown[];
}

/** The changes of one transaction as text. Throws as `encode` does. */
export function changesText(told: readonly Told[]): string {
  const packer = new Packer();
  for (const [name, { rows, gone }] of told) {
    packer.list.push(name, rows.length, gone.length);
    let shape: Shape | undefined;
    for (const row of rows) shape = packer.add(row, shape);
    for (const key of gone) shape = packer.add({ key }, shape);
  }
  return JSON.stringify({ ...packer.shapes(), entries: packer.list } satisfies ChangesText);
}

export function readChanges(text: string): Told[] {
  const packed = JSON.parse(text) as ChangesText;
  const unpacker = new Unpacker(packed, packed.entries);
  const told: Told[] = [];
  while (!unpacker.done) {
    const name = unpacker.next() as string;
    const [rows, gone] = [unpacker.next() as number, unpacker.next() as number];
    told.push([
      name,
      {
        rows: Array.from({ length: rows }, () => unpacker.object()),
        gone: Array.from({ length: gone }, () => (unpacker.object() as { readonly key: KeyPart }).key),
      },
    ]);
  }
  return told;
}
