import type { FeelContext, FeelValue } from '../values/values.ts';
import { FeelFunction } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { ILLEGAL_ARGUMENTS } from './builtin.ts';

const put: Builtin['invoke'] = ([context, key, value = null]) => {
  if (!(context instanceof Map)) return ILLEGAL_ARGUMENTS;
  const path = typeof key === 'string' ? [key] : key;
  if (!Array.isArray(path) || !path.every((part) => typeof part === 'string')) return ILLEGAL_ARGUMENTS;
  return path.length === 0 ? null : putAt(context, path, value);
};

const merge: Builtin = {
  params: ['contexts'],
  varArgs: true,
  invoke: ([contexts]) => {
    if (!Array.isArray(contexts)) return null;
    const merged: FeelContext = new Map();
    for (const context of contexts) {
      if (!(context instanceof Map)) return null;
      for (const [key, value] of context) merged.set(key, value);
    }
    return merged;
  },
};

const value: Builtin['invoke'] = ([context, key]) => {
  if (!(context instanceof Map)) return ILLEGAL_ARGUMENTS;
  if (typeof key === 'string') return context.get(key) ?? null;
  if (!Array.isArray(key)) return ILLEGAL_ARGUMENTS;
  if (key.length === 0) return null;
  let found: FeelValue = context;
  for (const part of key) {
    if (!(found instanceof Map) || typeof part !== 'string') return null;
    found = found.get(part) ?? null;
  }
  return found;
};

const entries: Builtin['invoke'] = ([context]) => {
  if (!(context instanceof Map)) return ILLEGAL_ARGUMENTS;
  return [...context]
    .filter(([, entry]) => !(entry instanceof FeelFunction))
    .map(
      ([key, entry]) =>
        new Map<string, FeelValue>([
          ['key', key],
          ['value', entry],
        ]),
    );
};

const PUT: Builtin = { params: ['context', 'key', 'value'], invoke: put };

export const CONTEXT_FUNCTIONS: Builtins = {
  'get entries': [
    { params: ['context'], invoke: entries },
    { params: ['m'], invoke: entries },
  ],
  'get value': [
    { params: ['m', 'key'], invoke: value },
    { params: ['context', 'key'], invoke: value },
    { params: ['context', 'keys'], invoke: value },
  ],
  'context put': [PUT, { params: ['context', 'keys', 'value'], invoke: put }],
  put: [PUT],
  'context merge': [merge],
  'put all': [merge],
  context: [
    {
      params: ['entries'],
      invoke: ([list]) => {
        if (!Array.isArray(list)) return null;
        const context: FeelContext = new Map();
        for (const entry of list) {
          const key = entry instanceof Map ? entry.get('key') : undefined;
          const held = entry instanceof Map ? entry.get('value') : undefined;
          if (typeof key !== 'string' || held === undefined) return null;
          context.set(key, held);
        }
        return context;
      },
    },
  ],
};

/** A copy with the value at the path; what is in the way and is no context is replaced. */
function putAt(context: FeelContext, path: readonly string[], value: FeelValue): FeelContext {
  const root: FeelContext = new Map(context);
  let current = root;
  for (const key of path.slice(0, -1)) {
    const inner = current.get(key);
    const copy: FeelContext = new Map(inner instanceof Map ? inner : []);
    current.set(key, copy);
    current = copy;
  }
  current.set(path.at(-1) ?? '', value);
  return root;
}
