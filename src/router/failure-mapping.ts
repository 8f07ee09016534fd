import { HeaderError, type HeaderScope, type HeaderValue, itemsOf, pairsOf, wrong } from './header-values.ts';
import type { HeaderField } from './job-headers.ts';

/**
 * What a task says about failures: which replies, answers of receivers and time-outs throw a BPMN error, and which
 * fail the job so that it is tried again. Plain data, kept with the waiting job.
 */
export interface FailureMapping {
  /** Type of the reply → BPMN error code. */
  readonly errorTypes?: Readonly<Record<string, string>>;
  /** Types of replies that fail the job. */
  readonly failTypes?: readonly string[];
  /** `402`, `4xx` or `unreachable` → BPMN error code. */
  readonly errorStatuses?: Readonly<Record<string, string>>;
  readonly failStatuses?: readonly string[];
  /** BPMN error code for a wait that is over; without it the job fails. */
  readonly timeoutError?: string;
  /** ms before the next try. */
  readonly retryBackoff?: number;
}

/** What a failure means for the job. */
export type FailureVerdict =
  | { readonly kind: 'throw'; readonly errorCode: string }
  | { readonly kind: 'fail' };

/** The status of an answer, or that none came. */
export type AnswerStatus = number | 'unreachable';

const STATUS = /^(?:[1-5]\d\d|[1-5]xx|unreachable)$/;

/** What a reply of this type means; undefined if the mapping does not name the type. */
export function verdictOnType(mapping: FailureMapping | undefined, type: string): FailureVerdict | undefined {
  const { errorTypes = {}, failTypes = [] } = mapping ?? {};
  if (Object.hasOwn(errorTypes, type)) return { kind: 'throw', errorCode: errorTypes[type] ?? '' };
  return failTypes.includes(type) ? { kind: 'fail' } : undefined;
}

/** What a receiver's last answer means; an exact status goes before `4xx`. */
export function verdictOnStatus(
  mapping: FailureMapping | undefined,
  status: AnswerStatus | undefined,
): FailureVerdict | undefined {
  if (status === undefined) return undefined;
  const { errorStatuses = {}, failStatuses = [] } = mapping ?? {};
  for (const pattern of [String(status), `${String(status).charAt(0)}xx`]) {
    if (Object.hasOwn(errorStatuses, pattern))
      return { kind: 'throw', errorCode: errorStatuses[pattern] ?? '' };
    if (failStatuses.includes(pattern)) return { kind: 'fail' };
  }
  return undefined;
}

/** All types of replies that a mapping names. */
export function mappedTypes({ errorTypes = {}, failTypes = [] }: FailureMapping): readonly string[] {
  return [...Object.keys(errorTypes), ...failTypes];
}

/** All types of replies that a task names without FEEL: those are known before a job waits. */
export function staticReplyTypes(values: ReadonlyMap<HeaderField, HeaderValue>): readonly string[] {
  const fixed = (field: HeaderField): HeaderValue | undefined => {
    const value = values.get(field);
    return value?.expression ? undefined : value;
  };
  const waitType = fixed('waitType')?.source;
  try {
    const mapping = typesOf(fixed('errorTypes'), fixed('failTypes'), waitType, {
      variables: new Map(),
      now: 0,
    });
    return [...(waitType === undefined ? [] : [waitType]), ...mappedTypes(mapping)];
  } catch (error) {
    if (error instanceof HeaderError) return [];
    throw error;
  }
}

/** The types of replies that throw, and those that fail. @throws HeaderError */
export function typesOf(
  errorTypes: HeaderValue | undefined,
  failTypes: HeaderValue | undefined,
  waitType: string | undefined,
  scope: HeaderScope,
): Pick<FailureMapping, 'errorTypes' | 'failTypes'> {
  const errors = errorTypes && pairsOf(errorTypes, scope);
  const fails = failTypes && itemsOf(failTypes, scope);
  const doubled = (header: HeaderValue): HeaderError =>
    wrong(header, `holds '${waitType}', for which 'WaitType' waits. Keep it in one of the headers.`);
  if (waitType !== undefined && errorTypes && errors?.has(waitType)) throw doubled(errorTypes);
  if (waitType !== undefined && failTypes && fails?.includes(waitType)) throw doubled(failTypes);
  checkApart(failTypes, fails, errors);
  return { ...(errors && { errorTypes: Object.fromEntries(errors) }), ...(fails && { failTypes: fails }) };
}

/** The statuses that throw, and those that fail. @throws HeaderError */
export function statusesOf(
  errorStatuses: HeaderValue | undefined,
  failStatuses: HeaderValue | undefined,
  scope: HeaderScope,
): Pick<FailureMapping, 'errorStatuses' | 'failStatuses'> {
  const pairs = errorStatuses && [...pairsOf(errorStatuses, scope)];
  const errors =
    pairs && new Map(pairs.map(([status, code]) => [checkedStatus(errorStatuses, status), code]));
  const fails = failStatuses && itemsOf(failStatuses, scope).map((text) => checkedStatus(failStatuses, text));
  checkApart(failStatuses, fails, errors);
  return {
    ...(errors && { errorStatuses: Object.fromEntries(errors) }),
    ...(fails && { failStatuses: fails }),
  };
}

function checkedStatus(header: HeaderValue, text: string): string {
  const status = text.toLowerCase();
  if (STATUS.test(status)) return status;
  throw wrong(header, `holds '${text}', which is no status. Write it like 402, 4xx or unreachable.`);
}

function checkApart(
  header: HeaderValue | undefined,
  fails: readonly string[] | undefined,
  errors: ReadonlyMap<string, string> | undefined,
): void {
  const twice = fails?.find((item) => errors?.has(item));
  if (header && twice !== undefined)
    throw wrong(header, `holds '${twice}', which throws an error already. Keep it in one of the headers.`);
}
