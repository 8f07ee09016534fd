import { DiskFailedError } from '../store/errors.ts';
import { InternalError, textOf, UnknownRequestError } from './errors.ts';
import { PARKED, type RequestHandler, type WriterModule } from './module.ts';
import type { Envelope } from './protocol.ts';
import type { Transaction } from './transaction.ts';

interface Owned {
  readonly module: WriterModule;
  readonly handler: RequestHandler;
}

/** Finds the handler of a request's kind and runs it in a scope of its own. */
export class Dispatcher {
  readonly #owned = new Map<string, Owned>();
  readonly #discarded: (what: string, error: unknown) => void;

  constructor(modules: readonly WriterModule[], discarded: (what: string, error: unknown) => void) {
    this.#discarded = discarded;
    for (const module of modules)
      for (const handler of module.handlers ?? []) {
        if (this.#owned.has(handler.kind))
          throw new TypeError(
            `Request kind ${handler.kind} has two handlers; the second is in ${module.name}`,
          );
        this.#owned.set(handler.kind, { module, handler });
      }
  }

  /** Answers the request in the transaction; the module that will answer it later, if it does not. */
  run({ id, kind, body }: Envelope, tx: Transaction): WriterModule | undefined {
    const owned = this.#owned.get(kind);
    if (owned === undefined) {
      tx.fail(id, new UnknownRequestError(kind));
      return undefined;
    }
    const { handler, module } = owned;
    try {
      const value = tx.scoped(() => handler.handle(body, tx, id));
      if (value === PARKED) return module;
      tx.reply(id, value);
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      module.forget?.(id);
      tx.fail(id, this.#answerable(error, `a request of kind ${kind}`));
    }
    return undefined;
  }

  /** What the caller is told: an error with a code of its own as it is, anything else as a mistake in the program. */
  #answerable(error: unknown, what: string): Error {
    const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
    // `ERR_…` are codes of the platform, which tell a caller nothing.
    if (error instanceof Error && typeof code === 'string' && !code.startsWith('ERR_') && code !== 'INTERNAL')
      return error;
    this.#discarded(what, error);
    return new InternalError(textOf(error), { cause: error });
  }
}
