/** A `tutti.yaml` that cannot be used: where, what, and what to write instead. */
export class ConfigError extends Error {
  readonly code = 'INVALID_CONFIG';
  readonly file: string;
  /** Such as `events.Paid.timeToLive`; empty for the file as a whole. */
  readonly path: string;
  /** Both count from 1; 0 if the file could not be read at all. */
  readonly line: number;
  readonly column: number;

  constructor(place: { file: string; path: string; line: number; column: number }, problem: string) {
    const { file, path, line, column } = place;
    const where = line === 0 ? file : `${file}:${line}:${column}`;
    super(`${where}: ${path === '' ? '' : `${path}: `}${problem}`);
    this.name = 'ConfigError';
    this.file = file;
    this.path = path;
    this.line = line;
    this.column = column;
  }
}
