import type { CommandIo } from './io.ts';
import { type Column, cellsOf, lineOf, widthsOf } from './table.ts';
import { paint, printable, type Tone } from './terminal.ts';

/** A text, or a text with its colour. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** Prints a table that fits the terminal; into a file or a pipe nothing is cut. Texts may hold anything. */
export function printTable(
  io: CommandIo,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  indent = '',
): void {
  const texts = rows.map((row) => row.map((cell) => printable(typeof cell === 'string' ? cell : cell.text)));
  const room = io.terminal === undefined ? undefined : io.terminal.columns - indent.length;
  const widths = widthsOf(columns, texts, room);
  const titles = columns.map(({ title }) => title);
  io.out(indent + paint(io, 'dim', lineOf(cellsOf(titles, widths))));
  for (const [index, row] of texts.entries()) {
    const cells = cellsOf(row, widths, io.terminal !== undefined).map((text, column) => {
      const cell = rows[index]?.[column];
      return typeof cell === 'object' ? paint(io, cell.tone, text) : text;
    });
    io.out(indent + lineOf(cells));
  }
}
