import { type FeelValue, toJson } from '../../feel/index.ts';
import {
  evaluateBoolean,
  plainVariable,
  rememberedList,
  VariableScope,
  valueOfText,
} from '../behaviors/expressions.ts';
import { replaceListItem, typeOfJson } from '../behaviors/json-list.ts';
import { ownEvents } from '../behaviors/model.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { childValue, noteTrigger } from '../behaviors/triggers.ts';
import { localVariables, mergeVariables, setVariable } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { ElementRow } from '../state/tables.ts';
import { closeAll, finishTermination } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { askCompletion, completeAndLeave, emitElementWith, markActivated } from './transitions.ts';

/** Instances that one step makes; the rest follows in further steps. */
const ACTIVATED_AT_ONCE = 100;

/** Runs an activity once for each item of a collection. */
export const multiInstanceBody: ElementProcessor = {
  activated(w, at) {
    const { row, model } = at;
    const loop = loopOf(at);
    const items = rememberedList(w, loop.inputCollection, row.key);
    subscribe(w, row, ownEvents(w, row, model));
    if (loop.sequential) markActivated(w, at);
    else emitElementWith(w, row, 'ELEMENT_ACTIVATED', { plannedChildren: items.length });
    if (loop.outputCollection !== undefined) {
      const empty = `[${items.map(() => 'null').join(',')}]`;
      setVariable(w, row, row.key, loop.outputCollection, empty);
    }
    if (items.length === 0) askCompletion(w, row);
    else if (loop.sequential) activateNext(w, at);
    else w.follow({ kind: 'activate-children', bodyKey: row.key, lane: row.processInstanceKey });
  },
  complete(w, at) {
    const { row } = at;
    const { outputCollection } = loopOf(at);
    const collected =
      outputCollection === undefined ? undefined : localVariables(w, row.key).get(outputCollection);
    if (outputCollection !== undefined && collected !== undefined)
      mergeVariables(w, row, row.flowScopeKey, new Map([[outputCollection, collected]]));
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    return terminateChildren(w, at.row);
  },
  childCompleted(w, at) {
    const { row } = at;
    if (row.state !== 'ACTIVATED') return;
    if (row.interruptedBy !== null) {
      if (terminateChildren(w, row)) askCompletion(w, row);
      return;
    }
    const loop = loopOf(at);
    // Read again, as it may have changed. As in Zeebe, a body that has not as many instances as it has items now waits.
    const items = rememberedList(w, loop.inputCollection, row.key);
    if (loop.sequential && row.loopCounter < items.length) return activateNext(w, at);
    const ended = row.completedChildren + row.terminatedChildren;
    if (row.childCount === 0 && ended === items.length) askCompletion(w, row);
  },
  childTerminated(w, at) {
    const { row } = at;
    if (row.childCount > 0) return;
    if (row.state === 'TERMINATING') finishTermination(w, at);
    else if (row.state === 'ACTIVATED') askCompletion(w, row);
  },
};

function loopOf(at: At) {
  if (at.model.multiInstance === undefined) throw new Error(`Element '${at.model.id}' is no multi-instance`);
  return at.model.multiInstance;
}

function activateNext(w: Work, at: At): void {
  const value = childValue(at.row, at.model, true);
  w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value });
}

/** Makes the next instances of a parallel multi-instance, unless it was stopped. */
export function activateNextChildren(w: Work, at: At): void {
  const { row } = at;
  if (row.state !== 'ACTIVATED' || row.interruptedBy !== null) return;
  const left = row.plannedChildren - row.loopCounter;
  for (let count = Math.min(left, ACTIVATED_AT_ONCE); count > 0; count--) activateNext(w, at);
  if (left > ACTIVATED_AT_ONCE)
    w.follow({ kind: 'activate-children', bodyKey: row.key, lane: row.processInstanceKey });
}

/** Gives a new instance its item, its number, and a place for its result. */
export function enterChild(w: Work, at: At): void {
  const { row } = at;
  const body = w.element(row.flowScopeKey);
  if (body === undefined) return;
  const loop = loopOf(at);
  const items = rememberedList(w, loop.inputCollection, body.key);
  const item = items[row.loopCounter - 1];
  if (item === undefined) {
    const reason =
      `Expected to read item at index ${row.loopCounter} of the multiInstanceBody but it contains only ` +
      `${items.length} elements. The input collection might be modified while iterating over it.`;
    throw new IncidentError('EXTRACT_VALUE_ERROR', reason, body.key);
  }
  if (loop.inputElement !== undefined) setVariable(w, row, row.key, loop.inputElement, toJson(item));
  setVariable(w, row, row.key, 'loopCounter', String(row.loopCounter));
  const result = plainVariable(loop.outputElement);
  if (result === undefined || result === loop.inputElement || result === 'loopCounter') return;
  if (!localVariables(w, row.key).has(result)) setVariable(w, row, row.key, result, 'null');
}

/** Before an instance completes: collects its result, and looks whether enough have completed. */
export function finishChild(w: Work, at: At): void {
  const body = w.element(at.row.flowScopeKey);
  if (body === undefined) return;
  const loop = loopOf(at);
  if (loop.outputCollection !== undefined && loop.outputElement !== undefined) {
    const { value } = valueOfText(w, loop.outputElement, at.row.key);
    collect(w, body, loop.outputCollection, at.row.loopCounter - 1, value);
  }
  if (isSatisfied(w, at, body)) noteTrigger(w, body, body.elementId, new Map(), 'scope');
  // As in Zeebe the collection is read again, and must still be one.
  else rememberedList(w, loop.inputCollection, body.key);
}

function isSatisfied(w: Work, at: At, body: ElementRow): boolean {
  const { completionCondition } = loopOf(at);
  if (completionCondition === undefined) return false;
  const scope = new LoopScope(new VariableScope(w, at.row.key), body);
  return evaluateBoolean(w, completionCondition, at.row.key, scope);
}

function collect(w: Work, body: ElementRow, name: string, index: number, value: FeelValue): void {
  const text = localVariables(w, body.key).get(name) ?? 'null';
  const updated = replaceListItem(text, index, toJson(value), w.cache.cursor);
  if (typeof updated === 'string') {
    setVariable(w, body, body.key, name, updated);
    return;
  }
  const problem =
    updated === undefined
      ? `because the type of the output collection is: ${typeOfJson(text)}`
      : `at position ${index + 1} because the size of the collection is: ${updated}`;
  const reason =
    `Unable to update an item in output collection '${name}' ${problem}. This may happen when multiple BPMN elements ` +
    `write to the same variable.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', reason, body.key);
}

/** Adds what a completion condition may ask about the loop; these are no variables. */
class LoopScope {
  readonly #outer: VariableScope;
  readonly #body: ElementRow;

  constructor(outer: VariableScope, body: ElementRow) {
    this.#outer = outer;
    this.#body = body;
  }

  get(name: string): FeelValue | undefined {
    // The instance that is about to complete counts as completed.
    switch (name) {
      case 'numberOfInstances':
        return this.#body.loopCounter;
      case 'numberOfActiveInstances':
        return this.#body.childCount - 1;
      case 'numberOfCompletedInstances':
        return this.#body.completedChildren + 1;
      case 'numberOfTerminatedInstances':
        return this.#body.terminatedChildren;
      default:
        return this.#outer.get(name);
    }
  }
}
