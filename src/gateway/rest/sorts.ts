import type { CollectionSpec, SearchQuery } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { refuse, unexpected } from './problems.ts';

/** Fields to sort by: the database refuses what is much larger. */
const MOST_SORTS = 30;

/** `sort` of a search. */
export function readSorts(body: Fields, spec: CollectionSpec): SearchQuery['sort'] {
  const sorts = body.objects('sort') ?? [];
  if (sorts.length > MOST_SORTS) {
    throw new GatewayError('INVALID_ARGUMENT', `The value for sort must have at most ${MOST_SORTS} fields.`);
  }
  return sorts.map((item) => readSort(item, spec));
}

function readSort(item: Fields, spec: CollectionSpec): SearchQuery['sort'][number] {
  const field = textOf(item, 'field');
  const order = textOf(item, 'order') ?? 'ASC';
  item.end();
  if (field === undefined) refuse(['Sort field must not be null']);
  const sortable = Object.entries(spec.fields)
    .filter(([, { sort }]) => sort)
    .map(([name]) => name);
  if (!sortable.includes(field)) throw unexpected(field, 'field', sortable);
  const upper = order.toUpperCase();
  if (upper !== 'ASC' && upper !== 'DESC') throw unexpected(order, 'order', ['ASC', 'DESC']);
  return { field, order: upper };
}

/** A member that should be one of some words; what is no text is told like a wrong word. */
function textOf(item: Fields, name: string): string | undefined {
  const value = item.value(name);
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
