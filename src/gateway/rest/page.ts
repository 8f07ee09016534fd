import type { Page } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/** Which ways of paging an endpoint has; statistics have only some. */
export type Paging = 'all' | 'offset' | 'forward';

/** `page` of a search; absent: the first page of the default length. */
export function readPage(page: Fields | undefined, paging: Paging = 'all'): Page {
  if (page === undefined) return { kind: 'from', from: 0, limit: DEFAULT_LIMIT };
  const limit = page.integer('limit', 1) ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for page.limit is '${limit}' but must be at most ${MAX_LIMIT}.`,
    );
  }
  const from = paging === 'forward' ? undefined : page.integer('from', 0);
  const after = paging === 'offset' ? undefined : page.string('after');
  const before = paging === 'all' ? page.string('before') : undefined;
  page.end();
  if (after !== undefined && before !== undefined) {
    throw new GatewayError('INVALID_ARGUMENT', 'Both after and before cannot be set at the same time.');
  }
  if (from !== undefined && (after ?? before) !== undefined) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      'Only one of [page.from, page.after, page.before] is allowed.',
    );
  }
  if (after !== undefined) return { kind: 'after', cursor: after, limit };
  if (before !== undefined) return { kind: 'before', cursor: before, limit };
  return { kind: 'from', from: from ?? 0, limit };
}
