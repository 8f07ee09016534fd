import { follows } from '../views/events.ts';

/** Pages and their paths below `/console`. */
export type Page =
  | { readonly kind: 'instances'; readonly query: string }
  | { readonly kind: 'instance'; readonly key: string }
  | { readonly kind: 'definitions' }
  | { readonly kind: 'definition'; readonly key: string }
  | { readonly kind: 'events'; readonly query: string }
  | { readonly kind: 'event'; readonly sequence: string }
  | { readonly kind: 'subscriptions' }
  | { readonly kind: 'filters'; readonly query: string }
  | { readonly kind: 'deadLetters'; readonly query: string }
  | { readonly kind: 'unknown'; readonly path: string };

export const BASE = '/console';

/** The page of a path and query. */
export function pageOf(path: string, query: string): Page {
  const parts = path
    .replace(/^\/console/, '')
    .split('/')
    .filter((part) => part !== '');
  const [section, key, ...rest] = parts;
  if (rest.length > 0) return { kind: 'unknown', path };
  if (section === undefined || section === 'instances') {
    if (key === undefined) return { kind: 'instances', query };
    if (/^\d+$/.test(key)) return { kind: 'instance', key };
  }
  if (section === 'definitions') {
    if (key === undefined) return { kind: 'definitions' };
    if (/^\d+$/.test(key)) return { kind: 'definition', key };
  }
  if (section === 'events') {
    if (key === undefined) return { kind: 'events', query };
    if (/^\d+$/.test(key)) return { kind: 'event', sequence: key };
  }
  if (section === 'subscriptions' && key === undefined) return { kind: 'subscriptions' };
  if (section === 'filters' && key === undefined) return { kind: 'filters', query };
  if (section === 'dead-letters' && key === undefined) return { kind: 'deadLetters', query };
  return { kind: 'unknown', path };
}

/** What the live stream should tell this page. */
export function topicsOf(page: Page): string {
  switch (page.kind) {
    case 'instances':
      return 'instances,definitions';
    case 'instance':
      return `instance:${page.key}`;
    case 'events':
      return follows(page.query) ? 'events' : 'definitions';
    case 'event':
    case 'subscriptions':
    case 'deadLetters':
      return 'events';
    case 'filters':
    case 'definitions':
    case 'definition':
    case 'unknown':
      return 'definitions';
  }
}
