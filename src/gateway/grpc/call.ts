import type { EventEmitter } from 'node:events';
import { type handleServerStreamingCall, type handleUnaryCall, status } from '@grpc/grpc-js';
import { asGatewayError, ERRORS, GRPC_STATUS } from '../errors.ts';
import type { Message, StreamCall, UnaryCall } from './protocol.ts';

/** What a handler gets beside the request. */
export interface Caller {
  /** Aborts when the client is gone, its deadline has passed, or the server stops. */
  readonly signal: AbortSignal;
}

export type Unary = (request: Message, caller: Caller) => Promise<Message> | Message;

/** Handles a call that is answered by any number of messages; the call ends when the promise resolves. */
export type Streaming = (request: Message, stream: JobSink, caller: Caller) => Promise<void>;

/** The client's side of a streaming call; it takes one message at a time. */
export interface JobSink {
  /** Resolves when the message has left for the client; rejects if it did not in time, or by the time that the call ended. */
  write(message: Message, withinMs: number): Promise<void>;
}

/** What calls need of the server. */
export interface CallContext {
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  /** A mistake in the program. */
  readonly onError: (error: unknown, rpc: string) => void;
}

export function unary(rpc: string, handler: Unary, context: CallContext): handleUnaryCall<Message, Message> {
  return (call, answer) => {
    const caller = new CallerOfCall(call, context);
    Promise.try(handler, call.request, caller)
      .then(
        (response) => answer(null, response),
        (error: unknown) => answer(statusOf(error, rpc, context)),
      )
      .finally(() => caller.release());
  };
}

export function streaming(
  rpc: string,
  handler: Streaming,
  context: CallContext,
): handleServerStreamingCall<Message, Message> {
  return (call) => {
    const caller = new CallerOfCall(call, context);
    handler(call.request, sinkOf(call, caller.signal), caller)
      .then(
        () => call.end(),
        (error: unknown) => call.emit('error', statusOf(error, rpc, context)),
      )
      .finally(() => caller.release());
  };
}

/** Most calls are over before anybody could lose interest: what tells of that is made when it is asked for. */
class CallerOfCall implements Caller {
  readonly #call: Pick<UnaryCall, 'cancelled'> & EventEmitter;
  readonly #stopping: AbortSignal;
  #controller: AbortController | undefined;
  readonly #abort = (): void => this.#controller?.abort();

  constructor(call: Pick<UnaryCall, 'cancelled'> & EventEmitter, { stopping }: CallContext) {
    this.#call = call;
    this.#stopping = stopping;
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    this.#call.once('cancelled', this.#abort);
    this.#stopping.addEventListener('abort', this.#abort, { once: true });
    if (this.#call.cancelled || this.#stopping.aborted) this.#abort();
    return this.#controller.signal;
  }

  release(): void {
    if (!this.#controller) return;
    this.#call.off('cancelled', this.#abort);
    this.#stopping.removeEventListener('abort', this.#abort);
  }
}

function sinkOf(call: StreamCall, signal: AbortSignal): JobSink {
  /** Ends the waiting for the message that is on its way. */
  let gone: (() => void) | undefined;
  // One listener for all messages: each costs more than the message.
  signal.addEventListener('abort', () => gone?.(), { once: true });
  return {
    write: (message, withinMs) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new Error('The client is gone.'));
        const late = (): void => reject(new Error('The client takes its jobs too slowly.'));
        const timer = setTimeout(late, withinMs);
        gone = (): void => {
          clearTimeout(timer);
          reject(new Error('The client is gone.'));
        };
        call.write(message, (error: Error | null | undefined) => {
          clearTimeout(timer);
          gone = undefined;
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

/** Bytes of a text in the trailers, where most clients take 8 KiB in all; beyond that they break the call off. */
const LONGEST_DETAILS = 6000;

/** A text that clients can read: long ones lose their end. */
export function detailsOf(text: string): string {
  // Each UTF-16 unit takes at most nine bytes in its percent-encoding.
  const whole = text.toWellFormed();
  if (whole.length * 9 <= LONGEST_DETAILS || encodeURI(whole).length <= LONGEST_DETAILS) return whole;
  let [fits, over] = [0, Math.min(whole.length, LONGEST_DETAILS)];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (encodeURI(whole.slice(0, middle).toWellFormed()).length <= LONGEST_DETAILS) fits = middle;
    else over = middle;
  }
  return `${whole.slice(0, fits).toWellFormed()}… (${text.length - fits} more characters)`;
}

interface Refusal {
  readonly code: number;
  readonly details: string;
}

function statusOf(error: unknown, rpc: string, { onError }: CallContext): Refusal {
  const known = asGatewayError(error);
  if (known) return { code: GRPC_STATUS[ERRORS[known.code].grpc], details: detailsOf(known.message) };
  onError(error, rpc);
  return {
    code: status.INTERNAL,
    details: `Unexpected error occurred during the request processing of ${rpc}`,
  };
}
