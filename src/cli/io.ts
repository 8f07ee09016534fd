/** What a command may touch of the process. */
export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Set if standard output is a terminal. */
  readonly terminal?: { readonly columns: number; readonly colours: boolean };
  /** Shows how far a long command is, on one line that is written over; absent if nobody would see it. */
  readonly progress?: (line: string) => void;
  /** Standard input. @defaultValue empty */
  readonly input?: () => AsyncIterable<Uint8Array>;
  /** Aborts when the user asks to end a command that goes on for ever. @defaultValue never */
  readonly interrupted?: () => AbortSignal;
}
