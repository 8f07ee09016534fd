import type { GraphElement } from '../../bpmn/graph.ts';
import { modelOf, type Work } from '../processing/work.ts';
import {
  CONDITIONAL_SUBSCRIPTIONS,
  type ProcessRow,
  SIGNAL_SUBSCRIPTIONS,
  START_SUBSCRIPTIONS,
  TIMERS,
} from '../state/tables.ts';
import { evaluateMessageName, evaluateString } from './expressions.ts';
import { closeConditional, closeSignal } from './subscriptions.ts';
import { cancelTimer, createTimer, evaluateTimer } from './timers.ts';
import { NO_VARIABLES } from './variables.ts';

/** Start events have no instance yet whose variables their expressions could see. */
const NO_SCOPE = -1;

/** Lets the start events of a process definition wait for what starts an instance. */
export function openStartEvents(w: Work, process: ProcessRow): void {
  const { bpmnProcessId, processDefinitionKey } = process;
  const graph = w.graph(processDefinitionKey);
  for (const id of modelOf(graph, bpmnProcessId).startEvents ?? [])
    openStartEvent(w, process, modelOf(graph, id));
}

function openStartEvent(
  w: Work,
  { bpmnProcessId, processDefinitionKey }: ProcessRow,
  event: GraphElement,
): void {
  if (event.timer !== undefined) {
    const instance = { elementInstanceKey: -1, processInstanceKey: -1 };
    const owner = { ...instance, processDefinitionKey, bpmnProcessId, targetElementId: event.id };
    createTimer(w, owner, evaluateTimer(w, event.timer, NO_SCOPE));
  }
  if (event.message !== undefined) {
    w.emit(w.nextKey(), {
      valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION',
      intent: 'CREATED',
      value: {
        processDefinitionKey,
        bpmnProcessId,
        startEventId: event.id,
        messageName: evaluateMessageName(w, event.message.name, NO_SCOPE),
        messageKey: -1,
        correlationKey: '',
        processInstanceKey: -1,
        variables: NO_VARIABLES,
      },
    });
  }
  if (event.signal !== undefined) {
    w.emit(w.nextKey(), {
      valueType: 'SIGNAL_SUBSCRIPTION',
      intent: 'CREATED',
      value: {
        signalName: evaluateString(w, event.signal.name, NO_SCOPE),
        catchEventId: event.id,
        catchEventInstanceKey: -1,
        processDefinitionKey,
        bpmnProcessId,
        processInstanceKey: -1,
      },
    });
  }
  if (event.conditional !== undefined) {
    const { source: condition, variableNames, variableEvents } = event.conditional;
    w.emit(w.nextKey(), {
      valueType: 'CONDITIONAL_SUBSCRIPTION',
      intent: 'CREATED',
      value: {
        scopeKey: -1,
        elementInstanceKey: -1,
        processInstanceKey: -1,
        processDefinitionKey,
        bpmnProcessId,
        catchEventId: event.id,
        interrupting: true,
        condition,
        variableNames,
        variableEvents,
      },
    });
  }
}

/** Ends the waiting of a definition's start events: a newer version takes over, or it is deleted. */
export function closeStartEvents(w: Work, processDefinitionKey: number): void {
  for (const timer of [...w.state.scan(TIMERS, 'byDefinition', [processDefinitionKey])])
    cancelTimer(w, timer);
  for (const row of [...w.state.scan(START_SUBSCRIPTIONS, 'byDefinition', [processDefinitionKey])]) {
    const { key, ...value } = row;
    w.emit(key, { valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION', intent: 'DELETED', value });
  }
  for (const row of [...w.state.scan(SIGNAL_SUBSCRIPTIONS, 'byDefinition', [processDefinitionKey])])
    closeSignal(w, row);
  for (const row of [...w.state.scan(CONDITIONAL_SUBSCRIPTIONS, 'byDefinition', [processDefinitionKey])])
    closeConditional(w, row);
}
