import { deleteCompensationsOfInstance } from '../behaviors/compensation.ts';
import { startBufferedMessage, startLockOf } from '../behaviors/message-start.ts';
import { eventSubProcessStarts, noneStartEvent } from '../behaviors/model.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { unsubscribe } from '../behaviors/subscriptions.ts';
import { childValue, enterEvent, waitingTrigger } from '../behaviors/triggers.ts';
import { localVariables, visibleVariables } from '../behaviors/variables.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import { AWAITED } from '../state/tables.ts';
import { completeCall } from './call-activity.ts';
import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { scopeChildCompleted, scopeChildTerminated } from './sub-process.ts';
import { emitElement, markActivated } from './transitions.ts';

/** A process instance. */
export const process: ElementProcessor = {
  activated(w, at) {
    markActivated(w, at);
    const { row, graph } = at;
    const trigger = waitingTrigger(w, row.key);
    if (trigger !== undefined) return enterEvent(w, row, modelOf(graph, trigger.elementId), trigger);
    const start = noneStartEvent(graph, row.elementId);
    if (start === undefined) return;
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: childValue(row, start) });
  },
  complete(w, { row, graph, model }) {
    const starts = new Set(eventSubProcessStarts(graph, model).map(({ id }) => id));
    unsubscribe(w, row.key, (id) => starts.has(id));
    deleteCompensationsOfInstance(w, row.key);
  },
  completed(w, { row }) {
    answerAwaited(w, row.key);
    const variables = localVariables(w, row.key);
    const lock = startLockOf(w, row.key);
    emitElement(w, row, 'ELEMENT_COMPLETED');
    const caller = w.element(row.parentElementInstanceKey);
    if (caller !== undefined) completeCall(w, caller, variables);
    if (lock !== undefined) startBufferedMessage(w, lock);
  },
  terminate(w, at) {
    closeAll(w, at);
    // Zeebe leaves them alone in a modification.
    if (!at.byModification) deleteCompensationsOfInstance(w, at.row.key);
    return terminateChildren(w, at.row);
  },
  childCompleted: scopeChildCompleted,
  childTerminated: scopeChildTerminated,
};

function answerAwaited(w: Work, key: number): void {
  const awaited = w.state.get(AWAITED, key);
  const row = w.element(key);
  if (awaited === undefined || row === undefined) return;
  w.emit(key, {
    valueType: 'PROCESS_INSTANCE_RESULT',
    intent: 'COMPLETED',
    value: {
      bpmnProcessId: row.bpmnProcessId,
      version: row.version,
      processDefinitionKey: row.processDefinitionKey,
      processInstanceKey: key,
      variables: visibleVariables(w, key, awaited.fetchVariables),
    },
  });
}
