import { findCatcher, triggerCatcher, uncaughtError } from '../behaviors/catchers.ts';
import { triggerCompensation } from '../behaviors/compensation.ts';
import { evaluateGiven, evaluateString } from '../behaviors/expressions.ts';
import { localVariables, NO_VARIABLES } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { At } from './processor.ts';
import { askCompletion, markActivated } from './transitions.ts';

/** Sends a signal with the local variables of the event. */
export function throwSignal(w: Work, at: At): void {
  const { row, model } = at;
  if (model.signal === undefined) throw new Error(`Element '${model.id}' has no signal`);
  const signalName = evaluateString(w, model.signal.name, row.key);
  markActivated(w, at);
  const value = { signalName, variables: localVariables(w, row.key) };
  w.follow({ kind: 'broadcast-signal', value, lane: row.processInstanceKey });
  askCompletion(w, row);
}

/** Throws an escalation; the event completes unless what catches it interrupts it. */
export function throwEscalation(w: Work, at: At): void {
  const { row, model } = at;
  const code = model.escalation?.code;
  const escalationCode = code === undefined ? '' : evaluateGiven(w, code, row.key);
  markActivated(w, at);
  const { catcher } = findCatcher(w, w.element(row.flowScopeKey), 'ESCALATION', escalationCode);
  const escalated = catcher !== undefined && triggerCatcher(w, catcher, NO_VARIABLES);
  w.emit(w.nextKey(), {
    valueType: 'ESCALATION',
    intent: escalated ? 'ESCALATED' : 'NOT_ESCALATED',
    value: {
      escalationCode,
      throwElementId: row.elementId,
      catchElementId: catcher?.event.id ?? '',
      processInstanceKey: row.processInstanceKey,
    },
  });
  if (catcher?.event.interrupting !== true) askCompletion(w, row);
}

/** Throws an error. Nothing goes on here: what catches it ends the scope, and if nothing does it is an incident. */
export function throwError(w: Work, at: At): void {
  const { row, model } = at;
  const code = model.error?.code;
  const errorCode = code === undefined ? '' : evaluateGiven(w, code, row.key);
  const { catcher, codes } = findCatcher(w, w.element(row.flowScopeKey), 'ERROR', errorCode);
  if (catcher === undefined)
    throw new IncidentError('UNHANDLED_ERROR_EVENT', uncaughtError(errorCode, '', codes));
  markActivated(w, at);
  triggerCatcher(w, catcher, localVariables(w, row.key));
}

/** Runs the handlers of completed activities; the event completes when they have. */
export function throwCompensation(w: Work, at: At): void {
  markActivated(w, at);
  if (!triggerCompensation(w, at)) askCompletion(w, at.row);
}
