/** How commands end. Documented in the help text. */
export const EXIT = {
  ok: 0,
  /** Anything that has no code of its own. */
  failed: 1,
  /** Wrong command line. */
  usage: 2,
  /** The data folder is in use by another process, of a newer version, or cannot be written. */
  data: 3,
  /** A port is in use or may not be opened. */
  port: 4,
  /** The server cannot be reached, or refused what was asked. */
  server: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code and the one line for an error that ends a command. Undefined: a mistake in the program. */
export function explain(error: unknown): { readonly code: ExitCode; readonly line: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, port, address, path } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  switch (code) {
    case 'INVALID_OPTION':
    case 'INVALID_TARGET_SETTING':
    case 'INVALID_CONFIG':
      return { code: EXIT.usage, line: error.message };
    case 'FOLDER_LOCKED':
    case 'FOLDER_TOO_NEW':
    case 'FOLDER_DAMAGED':
    case 'JOURNAL_LOST':
    case 'MIGRATIONS_BROKEN':
    case 'DISK_FAILED':
      return { code: EXIT.data, line: error.message };
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EROFS':
    case 'ENOSPC':
      return { code: EXIT.data, line: `The data folder ${path ?? ''} cannot be used: ${error.message}` };
    case 'EADDRINUSE':
      return {
        code: EXIT.port,
        line: `Port ${port} on ${address} is in use. Stop what holds it, or choose another with --http or --grpc.`,
      };
    case 'EADDRNOTAVAIL':
      return { code: EXIT.port, line: `The address ${address} is not one of this machine; see --host.` };
    case 'EACCES':
      return port === undefined
        ? { code: EXIT.data, line: `No permission: ${error.message}` }
        : { code: EXIT.port, line: `Port ${port} may not be opened by this user; choose one above 1023.` };
    case 'ENOTFOUND':
      return { code: EXIT.port, line: `The address given with --host is unknown: ${error.message}` };
    case 'ENOENT':
      return { code: EXIT.usage, line: `There is no file ${path ?? ''}.` };
    case 'SERVER_REFUSED':
      return { code: EXIT.server, line: error.message };
    default:
      return undefined;
  }
}
