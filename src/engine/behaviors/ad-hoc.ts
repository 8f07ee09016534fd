import type { AdHoc, JobDefinition } from '../../bpmn/graph.ts';
import { askCompletion } from '../elements/transitions.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { AdHocActivation } from '../records/ad-hoc.ts';
import { elementValue } from '../state/element-value.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';
import { plainVariable } from './expressions.ts';
import { createJob, type JobProperties } from './jobs.ts';
import { terminateChildren } from './scopes.ts';
import { childValue, noteTrigger } from './triggers.ts';
import { NO_VARIABLES, setLocalVariables, setVariable } from './variables.ts';

/** The variables that an ad-hoc subprocess has from the start. */
export function openAdHocVariables(w: Work, row: ElementRow, adHoc: AdHoc): void {
  setVariable(w, row, row.key, 'adHocSubProcessElements', adHoc.elements);
  if (adHoc.outputCollection !== undefined) setVariable(w, row, row.key, adHoc.outputCollection, '[]');
}

export function createAdHocJob(
  w: Work,
  row: ElementRow,
  properties: JobProperties,
  headers: JobDefinition['headers'],
): void {
  createJob(w, row, properties, headers, 'AD_HOC_SUB_PROCESS');
}

/** Activates elements, each in a new inner instance; the caller has checked that they can be. */
export function activateInAdHoc(w: Work, row: ElementRow, activations: readonly AdHocActivation[]): void {
  for (const { elementId, variables } of activations) {
    const inner = enterInnerInstance(w, row);
    setLocalVariables(w, inner, inner.key, variables);
    const model = modelOf(w.graph(row.processDefinitionKey), elementId);
    const value = childValue(inner, model);
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value });
  }
}

/** A new scope of an ad-hoc subprocess, with a place for its result. */
export function enterInnerInstance(w: Work, row: ElementRow): ElementRow {
  const graph = w.graph(row.processDefinitionKey);
  const { adHoc } = modelOf(graph, row.elementId);
  const key = w.nextKey();
  const value = childValue(row, modelOf(graph, adHoc?.innerInstance ?? ''));
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATING', value });
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATED', value });
  const inner = w.element(key);
  if (inner === undefined) throw new Error(`Inner instance ${key} was not entered`);
  const result = plainVariable(adHoc?.outputElement);
  if (result !== undefined) setVariable(w, inner, key, result, 'null');
  return inner;
}

/** Asks for the end of all that runs in an ad-hoc subprocess now; what is activated later goes on. */
export function cancelRunning(w: Work, row: ElementRow): void {
  for (const child of w.state.scan(ELEMENTS, 'byScope', [row.key])) {
    if (child.state === 'TERMINATING') continue;
    w.follow({ kind: 'element', intent: 'TERMINATE', key: child.key, value: elementValue(child) });
  }
}

/** The completion condition holds: completes the ad-hoc subprocess as soon as nothing runs in it any more. */
export function fulfil(w: Work, row: ElementRow, cancelRemainingInstances: boolean): void {
  if (row.childCount === 0) askCompletion(w, row);
  else if (cancelRemainingInstances) {
    noteTrigger(w, row, row.elementId, NO_VARIABLES, 'scope');
    terminateChildren(w, row);
  }
}
