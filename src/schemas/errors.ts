/** A JSON Schema that cannot be used. `index` is its place in the settings. */
export class SchemaError extends Error {
  readonly code = 'INVALID_SCHEMA';
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.name = 'SchemaError';
    this.index = index;
  }
}
