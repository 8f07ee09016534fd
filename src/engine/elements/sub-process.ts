import { deleteCompensationsOfScope } from '../behaviors/compensation.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { noneStartEvent } from '../behaviors/model.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { unsubscribe } from '../behaviors/subscriptions.ts';
import { activateEventSubProcess, childValue, waitingTrigger } from '../behaviors/triggers.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import { closeAll, finishTermination } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { askCompletion, completeAndLeave, markActivated } from './transitions.ts';

/** A part of a process with a scope of its own. */
export const subProcess: ElementProcessor = {
  activate(w, { row, model }) {
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    markActivated(w, at);
    const start = noneStartEvent(at.graph, at.row.elementId);
    if (start === undefined) return;
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: childValue(at.row, start) });
  },
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    if (!at.byModification) deleteCompensationsOfScope(w, at.row.key);
    return terminateChildren(w, at.row);
  },
  childCompleted: scopeChildCompleted,
  childTerminated: scopeChildTerminated,
};

/** A scope in which nothing runs any more is done. */
export function scopeChildCompleted(w: Work, { row }: At): void {
  if (row.state === 'ACTIVATED' && row.childCount === 0 && row.activeFlows === 0) askCompletion(w, row);
}

export function scopeChildTerminated(w: Work, at: At): void {
  const { row, graph } = at;
  if (row.childCount > 0) return;
  if (row.state === 'TERMINATING') {
    finishTermination(w, at);
    return;
  }
  if (row.state !== 'ACTIVATED' || row.interruptedBy === null) return;
  const interrupting = modelOf(graph, row.interruptedBy);
  if (interrupting.type === 'END_EVENT') {
    askCompletion(w, row);
    return;
  }
  if (waitingTrigger(w, row.key, interrupting.id) !== undefined)
    activateEventSubProcess(w, row, interrupting);
}
