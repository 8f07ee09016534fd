import { isAttributeName } from '../cloudevents/index.ts';

/**
 * The task headers by which a model says what event a job of type `cloudevents` sends, and what ends the job.
 * Names match ignoring case, `_` and `-` (`WAIT_TYPE`, `WaitType` and `wait-type` are one). A value that begins
 * with `=` is FEEL over the job's variables; any other value stands as it is. Unknown headers are none of the
 * router's business.
 */

export type Mode = 'EMIT_ONLY' | 'EMIT_AND_CONFIRM' | 'WAIT_FOR_CLOUD_EVENT';

interface HeaderSpec {
  /** As models and documents write it. */
  readonly name: string;
  /** The modes in which it means something; in others it is refused. @defaultValue all */
  readonly modes?: readonly Mode[];
}

const ALL_MODES: readonly Mode[] = ['EMIT_ONLY', 'EMIT_AND_CONFIRM', 'WAIT_FOR_CLOUD_EVENT'];
const NOT_AT_ONCE: readonly Mode[] = ['EMIT_AND_CONFIRM', 'WAIT_FOR_CLOUD_EVENT'];
const ON_REPLY: readonly Mode[] = ['WAIT_FOR_CLOUD_EVENT'];

/** All headers that are read, beside `Extension.<name>`, by the field they become. */
const HEADERS = {
  type: { name: 'Type' },
  mode: { name: 'Mode' },
  host: { name: 'Host' },
  source: { name: 'Source' },
  subject: { name: 'Subject' },
  data: { name: 'Data' },
  dataSchema: { name: 'DataSchema' },
  dataContentType: { name: 'DataContentType' },
  partitionKey: { name: 'PartitionKey' },
  correlationKey: { name: 'CorrelationKey' },
  // Models of 2020 state it where nothing waits, too.
  waitType: { name: 'WaitType' },
  timeout: { name: 'Timeout', modes: NOT_AT_ONCE },
  timeoutError: { name: 'TimeoutError', modes: NOT_AT_ONCE },
  errorTypes: { name: 'ErrorTypes', modes: ON_REPLY },
  failTypes: { name: 'FailTypes', modes: ON_REPLY },
  errorStatuses: { name: 'ErrorStatuses', modes: NOT_AT_ONCE },
  failStatuses: { name: 'FailStatuses', modes: NOT_AT_ONCE },
  retries: { name: 'Retries', modes: NOT_AT_ONCE },
  retryBackoff: { name: 'RetryBackoff', modes: NOT_AT_ONCE },
} as const satisfies Readonly<Record<string, HeaderSpec>>;

/** Every header but `Mode` may be FEEL. */
export type HeaderField = keyof typeof HEADERS;

/** The values as the model has them; those of optional headers are absent if they are missing or empty. */
export interface JobHeaders extends Readonly<Partial<Record<Exclude<HeaderField, 'type' | 'mode'>, string>>> {
  readonly type: string;
  readonly mode: Mode;
  /** Of `Extension.<name>`, by name. */
  readonly extensions?: Readonly<Record<string, string>>;
}

export type HeadersOrReason =
  | { readonly ok: true; readonly headers: JobHeaders }
  | { readonly ok: false; readonly reason: string };

/** Names of all headers that are read, beside `Extension.<name>`. */
export const JOB_HEADER_NAMES: readonly string[] = Object.values(HEADERS).map(({ name }) => name);

const fields = Object.keys(HEADERS) as readonly HeaderField[];
const fieldByName: ReadonlyMap<string, HeaderField> = new Map(
  fields.map((field) => [plain(HEADERS[field].name), field]),
);

/** Attributes that extension headers must not set, with the header that does; '' if the router alone does. */
const setElsewhere: ReadonlyMap<string, string> = new Map([
  ...(['type', 'source', 'subject', 'dataSchema', 'dataContentType'] as const).map(
    (field) => [field.toLowerCase(), HEADERS[field].name] as const,
  ),
  ['correlationkey', HEADERS.correlationKey.name],
  ['partitionkey', HEADERS.partitionKey.name],
  ...[
    'specversion',
    'id',
    'time',
    'bpmnprocessid',
    'bpmnactivityid',
    'bpmnactivityname',
    'elementinstancekey',
    'processdefinitionkey',
    'processinstancekey',
    'workflowkey',
    'workflowinstancekey',
    'jobkey',
  ].map((name) => [name, ''] as const),
]);

/** The name that a model uses for a header. */
export function headerName(field: HeaderField): string {
  return HEADERS[field].name;
}

/** Reads the headers of one job; the reason of a refusal names the header and the remedy. */
export function readJobHeaders(customHeaders: Readonly<Record<string, string>>): HeadersOrReason {
  const values = new Map<HeaderField, string>();
  const keys = new Map<HeaderField, string>();
  const extensions = new Map<string, string>();
  for (const [key, raw] of Object.entries(customHeaders)) {
    const value = raw.trim();
    if (value === '') continue;
    const extension = /^extension\.(.*)$/is.exec(key.trim())?.[1];
    if (extension !== undefined) {
      const reason = extensionObstacle(key, extension);
      if (reason !== undefined) return refused(reason);
      extensions.set(extension, value);
      continue;
    }
    const field = fieldByName.get(plain(key));
    if (field === undefined) continue;
    const other = keys.get(field);
    if (other !== undefined)
      return refused(`The task headers '${other}' and '${key}' are one and the same. Keep one of them.`);
    keys.set(field, key);
    values.set(field, value);
  }
  return checked(values, extensions);
}

function checked(
  values: ReadonlyMap<HeaderField, string>,
  extensions: ReadonlyMap<string, string>,
): HeadersOrReason {
  const {
    mode: modeText = '',
    type,
    ...rest
  } = Object.fromEntries(values) as Partial<Record<HeaderField, string>>;
  if (type === undefined)
    return refused("The task header 'Type' is missing. Set it to the type of the event to send.");
  const mode = modeText === '' ? 'EMIT_ONLY' : ALL_MODES.find((known) => plain(known) === plain(modeText));
  if (mode === undefined)
    return refused(`The task header 'Mode' is '${modeText}'. Set it to one of ${ALL_MODES.join(', ')}.`);
  for (const field of values.keys()) {
    const { name, modes = ALL_MODES }: HeaderSpec = HEADERS[field];
    if (!modes.includes(mode))
      return refused(
        `The task header '${name}' means nothing where 'Mode' is ${mode}. Remove it, or set 'Mode' to ${modes.join(' or ')}.`,
      );
  }
  if (rest.timeoutError !== undefined && rest.timeout === undefined)
    return refused(
      "The task header 'TimeoutError' needs the header 'Timeout', which says how long to wait. Set it like PT30S.",
    );
  return {
    ok: true,
    headers: {
      type,
      mode,
      ...rest,
      ...(extensions.size > 0 && { extensions: Object.fromEntries(extensions) }),
    },
  };
}

function extensionObstacle(key: string, name: string): string | undefined {
  if (!isAttributeName(name))
    return `The task header '${key}' names no extension: names are lower-case letters and digits. Write it like Extension.tenant.`;
  const header = setElsewhere.get(name);
  if (header === undefined) return undefined;
  return header === ''
    ? `The task header '${key}' names an attribute that the router sets. Choose another name.`
    : `The task header '${key}' names an attribute with a header of its own. Use the header '${header}'.`;
}

function refused(reason: string): HeadersOrReason {
  return { ok: false, reason };
}

function plain(name: string): string {
  return name.trim().replace(/[_-]/g, '').toLowerCase();
}
