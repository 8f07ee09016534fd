import type { JobValue } from '../engine/records/record.ts';
import { HeaderError, type HeaderValue, headerValue } from './header-values.ts';
import { type HeaderField, headerName, type Mode, readJobHeaders } from './job-headers.ts';

/** What a task says about its event, read and compiled once for all its jobs. */
export interface JobPlan {
  readonly mode: Mode;
  readonly values: ReadonlyMap<HeaderField, HeaderValue>;
  readonly extensions: ReadonlyMap<string, HeaderValue>;
}

export type PlanOrReason =
  | { readonly ok: true; readonly plan: JobPlan }
  | { readonly ok: false; readonly reason: string };

interface Kept {
  readonly headers: JobValue['customHeaders'];
  readonly result: PlanOrReason;
}

/** Reads the headers of a task and compiles their FEEL. The reason of a refusal names the header and the remedy. */
export function planOf(customHeaders: JobValue['customHeaders']): PlanOrReason {
  const read = readJobHeaders(customHeaders);
  if (!read.ok) return read;
  const { mode, extensions = {}, ...rest } = read.headers;
  try {
    const values = new Map<HeaderField, HeaderValue>();
    for (const [field, source] of Object.entries(rest) as [HeaderField, string][])
      values.set(field, headerValue(headerName(field), source));
    const compiled = new Map<string, HeaderValue>();
    for (const [name, source] of Object.entries(extensions))
      compiled.set(name, headerValue(`Extension.${name}`, source));
    return { ok: true, plan: { mode, values, extensions: compiled } };
  } catch (error) {
    if (error instanceof HeaderError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Plans by task, so that the headers of a task are read once and not for each job. Memory is bounded. */
export class JobPlans {
  readonly #most: number;
  readonly #kept = new Map<string, Kept>();

  constructor(most = 1000) {
    this.#most = most;
  }

  of({ processDefinitionKey, elementId, customHeaders }: JobValue): PlanOrReason {
    const key = `${processDefinitionKey}/${elementId}`;
    const kept = this.#kept.get(key);
    // A migrated job keeps the headers of the definition that it came from.
    if (kept && same(kept.headers, customHeaders)) return kept.result;
    const result = planOf(customHeaders);
    this.#kept.delete(key);
    const oldest = this.#kept.size >= this.#most ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { headers: customHeaders, result });
    return result;
  }
}

function same(one: JobValue['customHeaders'], other: JobValue['customHeaders']): boolean {
  if (one === other) return true;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
