import type { Event, NewEvent } from './event.ts';

/**
 * Takes an event. The event it answers goes back as the reply, with id and source filled in where they are missing;
 * without one the event is just taken. {@link EventRefusal} answers a status of HTTP.
 */
export type EventHandler = (
  event: Event,
  // biome-ignore lint/suspicious/noConfusingVoidType: handlers that answer nothing need no return statement
) => NewEvent | undefined | void | Promise<NewEvent | undefined | void>;

/** Thrown by an {@link EventHandler}: the event is not taken. */
export class EventRefusal extends Error {
  /** Of HTTP; what the sender makes of it stands in `docs/delivery.md`. */
  readonly status: number;

  constructor(status: number, message = '') {
    super(message);
    this.name = 'EventRefusal';
    this.status = status;
  }
}
