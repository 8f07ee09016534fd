import type { Page } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { refuse } from './problems.ts';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/** Which ways of paging an endpoint has; statistics have only some. */
export type Paging = 'all' | 'offset' | 'forward';

export const FIRST_PAGE: Page = { kind: 'from', from: 0, limit: DEFAULT_LIMIT };

/** `page` of a search; absent: the first page of the default length. A limit of 0 asks for the count only. */
export function readPage(page: Fields | undefined, paging: Paging = 'all'): Page {
  if (page === undefined) return FIRST_PAGE;
  const limit = page.integer('limit') ?? DEFAULT_LIMIT;
  const from = paging === 'forward' ? undefined : page.integer('from');
  const after = paging === 'offset' ? undefined : page.string('after');
  const before = paging === 'all' ? page.string('before') : undefined;
  page.end();
  if ([from, after, before].filter((way) => way !== undefined).length > 1)
    throw new GatewayError('BAD_REQUEST', 'Only one of [from, after, before] is allowed.');
  refuse([
    ...(limit < 0 ? [`The value for page.limit is '${limit}' but must be a non-negative number`] : []),
    ...(limit > MAX_LIMIT ? [`The value for page.limit is '${limit}' but must be at most ${MAX_LIMIT}`] : []),
    ...(from !== undefined && from < 0
      ? [`The value for page.from is '${from}' but must be a non-negative number`]
      : []),
  ]);
  if (after !== undefined) return { kind: 'after', cursor: after, limit };
  if (before !== undefined) return { kind: 'before', cursor: before, limit };
  return { kind: 'from', from: from ?? 0, limit };
}
