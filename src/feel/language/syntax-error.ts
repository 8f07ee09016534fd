/** Text that is no FEEL expression. The message begins as Zeebe's does: `failed to parse expression '…': …`. */
export class FeelSyntaxError extends Error {
  readonly code = 'FEEL_SYNTAX';
  readonly text: string;
  /** Why else than by the grammar the text is refused. */
  readonly reason: string | undefined;
  /** Index into `text`. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  /**
   * @param reason why else the text is refused
   * @param expectation what Zeebe's parser would say of the place, if that was found out
   */
  constructor(text: string, position: number, reason?: string, expectation?: string) {
    const before = text.slice(0, position).split('\n');
    const line = before.length;
    const column = (before.at(-1) ?? '').length + 1;
    const shown = text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
    const found = position < text.length ? JSON.stringify(text.slice(position, position + 10)) : 'the end';
    const why =
      expectation ??
      (reason === undefined
        ? `Expected a FEEL expression:${line}:${column}, found ${found}`
        : `${reason}, at ${line}:${column}`);
    super(`failed to parse expression '${shown}': ${why}`);
    this.name = 'FeelSyntaxError';
    this.text = text;
    this.reason = reason;
    this.position = position;
    this.line = line;
    this.column = column;
  }
}
