/**
 * The task headers by which a model says what event a job of type `cloudevents` sends, and what ends the job.
 * Keys match ignoring case, `_` and `-` (`WAIT_TYPE`, `WaitType` and `wait-type` are one). A value that begins
 * with `=` is FEEL over the job's variables; any other value stands as it is.
 */

export type Mode = 'EMIT_ONLY' | 'WAIT_FOR_CLOUD_EVENT';

export interface JobHeaders {
  /** Type of the event. */
  readonly type: string;
  readonly mode: Mode;
  /** URL of one more receiver beside the matching subscriptions. */
  readonly host?: string;
  /** Type of the awaited reply. */
  readonly waitType?: string;
  readonly correlationKey?: string;
  readonly subject?: string;
  readonly partitionKey?: string;
  /** FEEL or JSON for the event's data; without it, all variables of the job. */
  readonly data?: string;
}

export type HeadersOrReason =
  | { readonly ok: true; readonly headers: JobHeaders }
  | { readonly ok: false; readonly reason: string };

const modes: readonly Mode[] = ['EMIT_ONLY', 'WAIT_FOR_CLOUD_EVENT'];

/** Reads the headers of one job; the reason of a refusal names the header and the remedy. */
export function readJobHeaders(customHeaders: Readonly<Record<string, string>>): HeadersOrReason {
  const byName = new Map<string, string>();
  for (const [key, value] of Object.entries(customHeaders)) byName.set(plain(key), value.trim());
  const type = byName.get('type');
  if (!type) {
    return {
      ok: false,
      reason: "The task header 'Type' is missing. Set it to the type of the event to send.",
    };
  }
  const modeText = byName.get('mode') ?? '';
  const mode = modeText === '' ? 'EMIT_ONLY' : modes.find((known) => plain(known) === plain(modeText));
  if (!mode) {
    return {
      ok: false,
      reason: `The task header 'Mode' is '${modeText}'. Set it to one of ${modes.join(', ')}.`,
    };
  }
  return {
    ok: true,
    headers: {
      type,
      mode,
      ...optional('host', byName.get('host')),
      ...optional('waitType', byName.get('waittype')),
      ...optional('correlationKey', byName.get('correlationkey')),
      ...optional('subject', byName.get('subject')),
      ...optional('partitionKey', byName.get('partitionkey')),
      ...optional('data', byName.get('data')),
    },
  };
}

function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return (value ? { [key]: value } : {}) as { [K in Key]?: string };
}
