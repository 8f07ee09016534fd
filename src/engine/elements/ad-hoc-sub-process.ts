import type { AdHoc, GraphElement } from '../../bpmn/graph.ts';
import { type FeelValue, fromJson, toJson } from '../../feel/index.ts';
import { activateInAdHoc, createAdHocJob, fulfil, openAdHocVariables } from '../behaviors/ad-hoc.ts';
import { deleteCompensationsOfScope } from '../behaviors/compensation.ts';
import { evaluateBoolean, evaluateStringList, VariableScope, valueOfText } from '../behaviors/expressions.ts';
import { cancelJobOf, evaluateJob } from '../behaviors/jobs.ts';
import { appendListItem, typeOfJson } from '../behaviors/json-list.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { eventSubProcessStarts, ownEvents } from '../behaviors/model.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { localVariables, mergeVariables, NO_VARIABLES, setVariable } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { JsonText } from '../records/record.ts';
import type { ElementRow } from '../state/tables.ts';
import { closeAll, finishTermination } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { scopeChildCompleted, scopeChildTerminated } from './sub-process.ts';
import { askCompletion, completeAndLeave, markActivated } from './transitions.ts';

/**
 * A subprocess whose elements are activated one by one: by a collection on entry, by command, or by the job worker
 * that its task definition names. Each activation runs in an inner instance of its own.
 */
export const adHocSubProcess: ElementProcessor = {
  activate(w, { row, model }) {
    openAdHocVariables(w, row, adHocOf(model));
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    const { row, model, graph } = at;
    const events = [...ownEvents(w, row, model), ...eventSubProcessStarts(graph, model)];
    if (model.job !== undefined) {
      const properties = evaluateJob(w, model.job, row.key);
      subscribe(w, row, events);
      createAdHocJob(w, row, properties, model.job.headers);
      markActivated(w, at);
      return;
    }
    const elementIds = activeElements(w, at);
    subscribe(w, row, events);
    markActivated(w, at);
    activateInAdHoc(
      w,
      row,
      elementIds.map((elementId) => ({ elementId, variables: NO_VARIABLES })),
    );
  },
  complete(w, { row, model }) {
    const { outputCollection } = adHocOf(model);
    const collected =
      outputCollection === undefined ? undefined : localVariables(w, row.key).get(outputCollection);
    if (outputCollection !== undefined && collected !== undefined)
      mergeVariables(w, row, row.flowScopeKey, new Map([[outputCollection, collected]]));
    applyOutputMappings(w, row, model.outputs);
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    cancelJobOf(w, at.row.key);
    closeAll(w, at);
    deleteCompensationsOfScope(w, at.row.key);
    return terminateChildren(w, at.row);
  },
  childCompleted(w, at) {
    const { row, model } = at;
    if (row.state !== 'ACTIVATED') return;
    if (row.interruptedBy !== null) scopeChildCompleted(w, at);
    else if (model.job !== undefined) askWorkerAgain(w, at);
    else if (adHocOf(model).completionCondition === undefined) scopeChildCompleted(w, at);
    else if (isFulfilled(w, row, adHocOf(model))) fulfil(w, row, adHocOf(model).cancelRemainingInstances);
  },
  childTerminated(w, at) {
    const { row, model } = at;
    if (row.childCount > 0) return;
    if (row.state === 'TERMINATING') finishTermination(w, at);
    else if (row.interruptedBy !== null && row.interruptedBy !== row.elementId) scopeChildTerminated(w, at);
    else if (row.state === 'ACTIVATED' && isDecided(row, model)) askCompletion(w, row);
  },
};

export function adHocOf(model: GraphElement): AdHoc {
  if (model.adHoc === undefined) throw new Error(`Element '${model.id}' is no ad-hoc subprocess`);
  return model.adHoc;
}

/** Whether nothing more is waited for than that what runs comes to its end. */
function isDecided(row: ElementRow, model: GraphElement): boolean {
  if (row.interruptedBy !== null || row.completionFulfilled === true) return true;
  return model.job === undefined && model.adHoc?.completionCondition === undefined;
}

/** The ids of the collection; each must be an element that can be activated. */
function activeElements(w: Work, { row, model }: At): readonly string[] {
  const { activeElementsCollection, activities } = adHocOf(model);
  if (activeElementsCollection === undefined) return [];
  const ids = explained('Failed to activate ad-hoc elements.', () =>
    evaluateStringList(w, activeElementsCollection, row.key),
  );
  const unknown = ids.filter((id) => !activities.includes(id));
  if (unknown.length > 0)
    throw new IncidentError('EXTRACT_VALUE_ERROR', unknownElements(row.key, unknown), row.key);
  return ids;
}

/** Zeebe's words for elements that are not there, or that follow others. */
export function unknownElements(key: number, elementIds: readonly string[]): string {
  return (
    `Expected to activate activities for ad-hoc sub-process with key '${key}', but the given elements ` +
    `[${elementIds.join(', ')}] do not exist.`
  );
}

function explained<Value>(what: string, evaluate: () => Value): Value {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof IncidentError)) throw error;
    throw new IncidentError(error.errorType, `${what} ${error.message}`, error.variableScopeKey);
  }
}

/** There is one job at a time; what ran meanwhile may matter to the worker that holds it. */
function askWorkerAgain(w: Work, { row, model }: At): void {
  cancelJobOf(w, row.key);
  if (row.completionFulfilled === true) fulfil(w, row, false);
  else if (model.job !== undefined)
    createAdHocJob(w, row, evaluateJob(w, model.job, row.key), model.job.headers);
}

/**
 * Before an inner instance or an event subprocess completes: collects its result, and makes sure that what comes
 * after can be evaluated, so that a failure becomes an incident of the child.
 */
export function finishAdHocChild(w: Work, child: ElementRow): void {
  const row = w.element(child.flowScopeKey);
  if (row === undefined) return;
  const model = w.model(row);
  const adHoc = adHocOf(model);
  const updated = collected(w, row, child, adHoc);
  if (row.interruptedBy === null) {
    if (model.job !== undefined) evaluateJob(w, model.job, row.key);
    else if (adHoc.completionCondition !== undefined) isFulfilled(w, row, adHoc, updated);
  }
  if (adHoc.outputCollection !== undefined && updated !== undefined)
    setVariable(w, row, row.key, adHoc.outputCollection, updated);
}

/** The output collection with the child's result; undefined if nothing is collected. */
function collected(
  w: Work,
  row: ElementRow,
  child: ElementRow,
  { outputCollection, outputElement }: AdHoc,
): JsonText | undefined {
  if (outputCollection === undefined || outputElement === undefined) return undefined;
  const { value } = valueOfText(w, outputElement, child.key);
  const known = localVariables(w, row.key).get(outputCollection) ?? 'null';
  const updated = appendListItem(known, toJson(value));
  if (updated !== undefined) return updated;
  const reason = `The output collection has the wrong type. Expected ARRAY but was ${typeOfJson(known)}.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', reason, row.key);
}

/** @param collection the output collection as it will be; absent: as it is */
function isFulfilled(w: Work, row: ElementRow, adHoc: AdHoc, collection?: JsonText): boolean {
  const { completionCondition, outputCollection } = adHoc;
  if (completionCondition === undefined) return false;
  const outer = new VariableScope(w, row.key);
  const scope = {
    get: (name: string): FeelValue | undefined =>
      collection !== undefined && name === outputCollection ? fromJson(collection) : outer.get(name),
  };
  return explained('Failed to evaluate completion condition.', () =>
    evaluateBoolean(w, completionCondition, row.key, scope),
  );
}
