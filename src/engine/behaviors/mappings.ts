import type { Mapping } from '../../bpmn/graph.ts';
import {
  type CompiledMappings,
  compileInputMappings,
  compileOutputMappings,
  toJson,
} from '../../feel/index.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { Document, JsonText } from '../records/record.ts';
import { type ElementRow, TRIGGERS, type TriggerRow } from '../state/tables.ts';
import { failureText, VariableScope } from './expressions.ts';
import { isInnerInstance } from './model.ts';
import { takeTrigger } from './triggers.ts';
import { localVariables, mergeVariables, setLocalVariables } from './variables.ts';

function compiledOf(
  cache: WeakMap<readonly Mapping[], CompiledMappings>,
  mappings: readonly Mapping[],
  compileAll: typeof compileInputMappings,
): CompiledMappings {
  let compiled = cache.get(mappings);
  if (compiled === undefined) {
    const sources = mappings.map(({ source, target }) => ({
      source: source.kind === 'static' ? source.value : `=${source.text}`,
      target,
    }));
    compiled = compileAll(sources);
    cache.set(mappings, compiled);
  }
  return compiled;
}

function run(w: Work, compiled: CompiledMappings, scopeKey: number): Document {
  const result = compiled.evaluate(new VariableScope(w, scopeKey), w.environment);
  if (!result.ok) throw new IncidentError('IO_MAPPING_ERROR', failureText(result), scopeKey);
  const document = new Map<string, JsonText>();
  for (const [name, value] of result.value) document.set(name, toJson(value));
  return document;
}

/** Input mappings make variables that are local to the element. */
export function applyInputMappings(w: Work, row: ElementRow, mappings: readonly Mapping[]): void {
  if (mappings.length === 0) return;
  const document = run(w, compiledOf(w.cache.inputs, mappings, compileInputMappings), row.key);
  setLocalVariables(w, row, row.key, document);
}

export function triggerOf(w: Work, scopeKey: number): TriggerRow | undefined {
  for (const trigger of w.state.scan(TRIGGERS, 'byScope', [scopeKey], { limit: 1 })) return trigger;
  return undefined;
}

/**
 * What an element gives to its surroundings when it completes. With output mappings the result is local and only
 * what is mapped goes out; without, all of it is merged upwards.
 *
 * @param localResult the event's variables are already local to the element, and go out from there by default
 */
export function applyOutputMappings(
  w: Work,
  row: ElementRow,
  mappings: readonly Mapping[],
  localResult = false,
): void {
  const trigger = triggerOf(w, row.key);
  const result = trigger !== undefined && trigger.variables.size > 0 ? trigger : undefined;
  // An inner instance of a multi-instance keeps what it maps to itself: its output element takes it from there.
  const target = isInnerInstance(w, row) ? row.key : row.flowScopeKey;
  if (mappings.length > 0) {
    if (result !== undefined) {
      setLocalVariables(w, row, row.key, result.variables);
      // When a mapping that failed is tried again, what was changed meanwhile stays.
      takeTrigger(w, row, result);
    }
    const document = run(w, compiledOf(w.cache.outputs, mappings, compileOutputMappings), row.key);
    mergeVariables(w, row, target < 0 ? row.key : target, document);
  } else if (result !== undefined) {
    mergeVariables(w, row, row.key, result.variables);
    takeTrigger(w, row, result);
  } else if (localResult) mergeVariables(w, row, target, localVariables(w, row.key));
}
