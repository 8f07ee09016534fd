import { brokenIncidentOf, markResolved, raiseIncident, resolveIncidentsOf } from '../behaviors/incidents.ts';
import { cancelJobOf, startListener } from '../behaviors/jobs.ts';
import { unsubscribe } from '../behaviors/subscriptions.ts';
import { setLocalVariables } from '../behaviors/variables.ts';
import type { ElementCommand } from '../processing/follow-up.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { ProcessInstanceValue } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { type ElementRow, TAKEN_FLOWS, TRIGGERS } from '../state/tables.ts';
import { enterChild } from './multi-instance-body.ts';
import type { At } from './processor.ts';
import { processorOf } from './registry.ts';
import { atOf, emitElement, markTerminated } from './transitions.ts';

/**
 * Carries out a command of the engine for an element. A command that came too late (its element has ended, its
 * scope was interrupted) has no effect.
 */
export function processElement(w: Work, command: ElementCommand): void {
  switch (command.intent) {
    case 'ACTIVATE':
      activate(w, command);
      return;
    case 'COMPLETE':
      complete(w, command);
      return;
    case 'COMPLETE_LISTENER':
      completeListener(w, command);
      return;
    case 'TERMINATE':
      terminate(w, command);
      return;
  }
}

function activate(w: Work, command: ElementCommand): void {
  if (!mayActivate(w, command)) {
    dropTriggers(w, command);
    return;
  }
  if (w.element(command.key) === undefined)
    w.emit(command.key, {
      valueType: 'PROCESS_INSTANCE',
      intent: 'ELEMENT_ACTIVATING',
      value: command.value,
    });
  attempt(w, command.key, (at) => {
    const processor = processorOf(at.row);
    if (w.element(at.row.flowScopeKey)?.type === 'MULTI_INSTANCE_BODY') enterChild(w, at);
    processor.activate?.(w, at);
    if (listens(at) && startListener(w, at.row, at.model, 'start', 0)) return;
    processor.activated(w, at);
  });
}

function mayActivate(w: Work, { key, value }: ElementCommand): boolean {
  const row = w.element(key);
  if (row !== undefined) return row.state === 'ACTIVATING';
  if (value.bpmnElementType === 'PROCESS') {
    // The child of a call activity that has ended meanwhile is not started.
    return (
      value.parentElementInstanceKey < 0 || w.element(value.parentElementInstanceKey)?.state === 'ACTIVATED'
    );
  }
  const scope = w.element(value.flowScopeKey);
  if (scope === undefined || scope.state !== 'ACTIVATED') return false;
  return scope.interruptedBy === null ? hasItsTokens(w, value) : interrupts(w, value, scope.interruptedBy);
}

/** Only the event subprocess that interrupted a scope goes on in it. */
function interrupts(w: Work, value: ProcessInstanceValue, interruptedBy: string): boolean {
  const starts = w.model({ ...value }).startEvents ?? [];
  return value.bpmnElementType === 'EVENT_SUB_PROCESS' && starts.includes(interruptedBy);
}

/** A join may have been asked for twice before it took its tokens; then they serve the first time only. */
function hasItsTokens(w: Work, value: ProcessInstanceValue): boolean {
  const { bpmnElementType, consumedFlows = 0 } = value;
  // As in Zeebe an inclusive gateway is reached by flows only, not by a modification or a start instruction.
  if (bpmnElementType === 'INCLUSIVE_GATEWAY' && consumedFlows === 0) return false;
  const joins = bpmnElementType === 'PARALLEL_GATEWAY' || bpmnElementType === 'INCLUSIVE_GATEWAY';
  if (!joins || consumedFlows === 0 || w.model(value).incoming.length < 2) return true;
  const waiting = [...w.state.scan(TAKEN_FLOWS, 'byGateway', [value.flowScopeKey, value.elementId])];
  return waiting.length >= consumedFlows;
}

/** What waited for an instance that never came to be. */
function dropTriggers(w: Work, { key, value }: ElementCommand): void {
  if (w.element(key) !== undefined) return;
  for (const trigger of [...w.state.scan(TRIGGERS, 'byScope', [key])]) {
    const { processInstanceKey, processDefinitionKey } = value;
    const event = { scopeKey: key, targetElementId: trigger.elementId, variables: trigger.variables };
    w.emit(trigger.key, {
      valueType: 'PROCESS_EVENT',
      intent: 'TRIGGERED',
      value: { ...event, processInstanceKey, processDefinitionKey },
    });
  }
}

function complete(w: Work, { key }: ElementCommand): void {
  const row = w.element(key);
  if (row === undefined || !mayComplete(w, row)) return;
  if (row.state === 'ACTIVATED') {
    // A step that broke was asked for again, and went well.
    const broken = brokenIncidentOf(w, key);
    if (broken !== undefined) markResolved(w, broken);
    emitElement(w, row, 'ELEMENT_COMPLETING');
  }
  attempt(w, key, (at) => {
    const processor = processorOf(at.row);
    processor.complete?.(w, at);
    if (listens(at) && startListener(w, at.row, at.model, 'end', 0)) return;
    processor.completed(w, at);
  });
}

function mayComplete(w: Work, row: ElementRow): boolean {
  if (row.state !== 'ACTIVATED' && row.state !== 'COMPLETING') return false;
  // Something may have been activated since it was asked for.
  if (row.type === 'AD_HOC_SUB_PROCESS' && row.childCount > 0) return false;
  if (row.flowScopeKey < 0) return true;
  const scope = w.element(row.flowScopeKey);
  if (scope?.state !== 'ACTIVATED') return false;
  // What an event subprocess interrupts is terminated, even if its completion was asked for before.
  const interruptedBy = scope.type === 'MULTI_INSTANCE_BODY' ? null : scope.interruptedBy;
  return interruptedBy === null || interrupts(w, elementValue(row), interruptedBy);
}

/** A listener is done: the next one, or what comes after the last. */
function completeListener(w: Work, { key, variables }: ElementCommand): void {
  const row = w.element(key);
  if (row === undefined || row.state === 'TERMINATING') return;
  const starting = row.state === 'ACTIVATING';
  // A scope that was interrupted takes no results any more, not even those of its listeners.
  const takes = row.accepts === 'all' || row.type === 'EVENT_SUB_PROCESS' || row.interruptedBy === null;
  if (takes && variables !== undefined && variables.size > 0) {
    // Those of an end listener stay in the scope around; they are not merged further upwards.
    const scope = starting || row.flowScopeKey < 0 ? key : row.flowScopeKey;
    setLocalVariables(w, row, scope, variables);
  }
  attempt(w, key, (at) => {
    if (startListener(w, at.row, at.model, starting ? 'start' : 'end', at.row.listener)) return;
    if (starting) processorOf(at.row).activated(w, at);
    else processorOf(at.row).completed(w, at);
  });
}

interface Terminated {
  readonly key: number;
  readonly byModification?: boolean;
}

/** Ends an element now; scopes and call activities end when what they hold has ended. */
export function terminate(w: Work, { key, byModification = false }: Terminated): void {
  const row = w.element(key);
  if (row === undefined || row.state === 'TERMINATING') return;
  emitElement(w, row, 'ELEMENT_TERMINATING');
  const at = { ...atOf(w, w.element(key) ?? row), byModification };
  if (processorOf(row).terminate(w, at)) finishTermination(w, at);
}

/** Ends a terminating element all of whose children have ended. */
export function finishTermination(w: Work, at: At): void {
  markTerminated(w, at);
}

/** What every waiting element closes when it is terminated. */
export function closeAll(w: Work, at: At): void {
  cancelJobOf(w, at.row.key);
  unsubscribe(w, at.row.key);
  resolveIncidentsOf(w, at.row.key);
}

/** Listeners of a multi-instance belong to its inner instances. */
function listens(at: At): boolean {
  return at.model.listeners !== undefined && at.row.type !== 'MULTI_INSTANCE_BODY';
}

/** Does a step with the instance as it is now; a failure that somebody can mend becomes an incident. */
function attempt(w: Work, key: number, step: (at: At) => void): void {
  const row = w.element(key);
  if (row === undefined) return;
  try {
    step(atOf(w, row));
  } catch (error) {
    if (!(error instanceof IncidentError)) throw error;
    raiseIncident(w, row, error);
  }
}
