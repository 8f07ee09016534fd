/** Tables that fit a width. Pure. */

export interface Column {
  readonly title: string;
  /** Characters that it keeps when the table must shrink. */
  readonly least: number;
}

const GAP = '  ';

/**
 * Widths of the columns: what the rows need, shrunk, the widest first, until the table fits `total` characters.
 * The last column takes what is left. Without a total nothing is cut.
 */
export function widthsOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  total: number | undefined,
): number[] {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, lengthOf(row[index] ?? '')), lengthOf(title)),
  );
  if (total === undefined) return widths;
  const room = total - GAP.length * (columns.length - 1);
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const shrinkable = columns.flatMap(({ least }, index) => ((widths[index] ?? 0) > least ? [index] : []));
    const widest = shrinkable.reduce<number | undefined>(
      (best, index) => (best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      undefined,
    );
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  const last = widths.length - 1;
  if (over < 0 && last >= 0) widths[last] = (widths[last] ?? 0) - over;
  return widths;
}

/** The cells of one row, padded but for the last, and cut unless nothing is to be lost. */
export function cellsOf(row: readonly string[], widths: readonly number[], cut = true): string[] {
  return row.map((cell, index) => {
    const width = widths[index] ?? lengthOf(cell);
    const tooLong = cut && lengthOf(cell) > width;
    const shown = tooLong ? `${[...cell].slice(0, Math.max(0, width - 1)).join('')}…` : cell;
    return index === row.length - 1 ? shown : shown + ' '.repeat(Math.max(0, width - lengthOf(shown)));
  });
}

export function lineOf(cells: readonly string[]): string {
  return cells.join(GAP).trimEnd();
}

function lengthOf(text: string): number {
  return [...text].length;
}
