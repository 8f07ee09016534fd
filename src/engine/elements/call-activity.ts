import { instanceValue } from '../behaviors/creation.ts';
import { boundProcess } from '../behaviors/definitions.ts';
import { evaluateString } from '../behaviors/expressions.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { noneStartEvent, ownEvents } from '../behaviors/model.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { noteTrigger } from '../behaviors/triggers.ts';
import { localVariables, NO_VARIABLES, setLocalVariables, visibleVariables } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { Document } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { type ElementRow, PROCESSES, type ProcessRow } from '../state/tables.ts';
import { closeAll } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { askCompletion, completeAndLeave, markActivated } from './transitions.ts';

/** Runs another process as an instance of its own and waits for it. */
export const callActivity: ElementProcessor = {
  activate(w, { row, model }) {
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    const { row, model } = at;
    const called = calledProcess(w, at);
    subscribe(w, row, ownEvents(w, row, model));
    markActivated(w, at);
    const key = w.nextKey();
    const all = model.calledElement?.propagateAllParentVariables ?? true;
    // As in Zeebe, what is local to it is handed on only where there are input mappings.
    const own = model.inputs.length > 0 ? localVariables(w, row.key) : NO_VARIABLES;
    const variables = all ? visibleVariables(w, row.key) : own;
    // A business id is that of the whole hierarchy; tags are not handed on.
    const businessId = w.element(row.processInstanceKey)?.businessId;
    const value = instanceValue(called, key, row, businessId === undefined ? {} : { businessId });
    setLocalVariables(w, value, key, variables);
    w.follow({ kind: 'element', intent: 'ACTIVATE', key, value });
  },
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    const called = w.element(at.row.calledInstanceKey);
    if (called === undefined) return true;
    w.follow({ kind: 'element', intent: 'TERMINATE', key: called.key, value: elementValue(called) });
    return false;
  },
};

/** Instances that may call one another in a row, as Zeebe counts them: a process that calls itself ends here. */
const MAX_DEPTH = 1000;

function calledProcess(w: Work, { row, model }: At): ProcessRow {
  const { calledElement } = model;
  // A root instance has depth 1.
  if ((w.element(row.processInstanceKey)?.callDepth ?? 0) + 1 >= MAX_DEPTH) {
    const reason =
      `The call activity has reached the maximum depth of ${MAX_DEPTH}. This is likely due to a recursive call. ` +
      `Cancel the root process instance if this was unintentional. Otherwise, consider increasing the maximum ` +
      `depth, or use process instance modification to adjust the process instance.`;
    throw new IncidentError('CALLED_ELEMENT_ERROR', reason);
  }
  if (calledElement === undefined) throw new Error(`Element '${model.id}' calls nothing`);
  const id = evaluateString(w, calledElement.processId, row.key);
  const { binding } = calledElement;
  const called = boundProcess(w, id, binding, row.processDefinitionKey);
  if (called === undefined) throw new IncidentError('CALLED_ELEMENT_ERROR', notFound(w, id, row, binding));
  if (noneStartEvent(w.graph(called.processDefinitionKey), called.bpmnProcessId) !== undefined) return called;
  const reason = `Expected process with BPMN process id '${id}' to have a none start event, but not found.`;
  throw new IncidentError('CALLED_ELEMENT_ERROR', reason);
}

type Bound = NonNullable<At['model']['calledElement']>['binding'];

function notFound(w: Work, id: string, row: ElementRow, binding: Bound): string {
  switch (binding.kind) {
    case 'latest':
      return `Expected process with BPMN process id '${id}' to be deployed, but not found.`;
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, row.processDefinitionKey)?.deploymentKey ?? -1;
      return (
        `Expected to call process with BPMN process id '${id}' with binding type 'deployment', but no such process ` +
        `found in the deployment with key ${deploymentKey} which contained the current process. To resolve this ` +
        `incident, migrate the process instance to a process definition that is deployed together with the intended ` +
        `process definition to call.`
      );
    }
    case 'versionTag':
      return (
        `Expected to call process with BPMN process id '${id}' and version tag '${binding.tag}', but no such process ` +
        `found. To resolve this incident, deploy a process with the given process id and version tag.`
      );
  }
}

/** The called instance is done: its variables go to the caller as the model says. */
export function completeCall(w: Work, caller: ElementRow, variables: Document): void {
  if (caller.state !== 'ACTIVATED') return;
  const model = w.model(caller);
  const propagates = model.calledElement?.propagateAllChildVariables !== false || model.outputs.length > 0;
  noteTrigger(w, caller, caller.elementId, propagates ? variables : NO_VARIABLES, 'all');
  askCompletion(w, caller);
}
