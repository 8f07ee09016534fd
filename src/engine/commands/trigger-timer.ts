import { startByEvent } from '../behaviors/creation.ts';
import { cancelTimer, repeatTimer, timerValue } from '../behaviors/timers.ts';
import { acceptsTrigger, triggerEvent } from '../behaviors/triggers.ts';
import { NO_VARIABLES } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import { modelOf, type Work } from '../processing/work.ts';
import { PROCESSES, TIMERS, type TimerRow } from '../state/tables.ts';
import { type Accepted, NOTHING } from './command.ts';

/** A timer is due. */
export function triggerTimer(w: Work, key: number): Accepted {
  const timer = w.state.get(TIMERS, key);
  if (timer === undefined)
    throw new Rejection(
      'NOT_FOUND',
      `Expected to trigger timer with key '${key}', but no such timer was found`,
    );
  if (timer.elementInstanceKey < 0) startInstance(w, timer);
  else triggerElement(w, timer);
  return { key, value: NOTHING };
}

function startInstance(w: Work, timer: TimerRow): void {
  const process = w.state.get(PROCESSES, timer.processDefinitionKey);
  if (process === undefined) throw new Error(`Timer ${timer.key} belongs to no process definition`);
  const event = modelOf(w.graph(process.processDefinitionKey), timer.targetElementId);
  const key = w.nextKey();
  w.emit(timer.key, { valueType: 'TIMER', intent: 'TRIGGERED', value: timerValue(timer) });
  startByEvent(w, process, event, NO_VARIABLES, key);
  repeatTimer(w, timer, event, -1);
}

function triggerElement(w: Work, timer: TimerRow): void {
  const element = w.element(timer.elementInstanceKey);
  const event = element && modelOf(w.graph(element.processDefinitionKey), timer.targetElementId);
  if (element === undefined || event === undefined || !acceptsTrigger(element, event)) {
    // The element is about to end, or was interrupted: a timer that stayed would be due again and again.
    cancelTimer(w, timer);
    return;
  }
  w.emit(timer.key, { valueType: 'TIMER', intent: 'TRIGGERED', value: timerValue(timer) });
  triggerEvent(w, element, event, NO_VARIABLES);
  if (event.interrupting === false) repeatTimer(w, timer, event, element.key);
}
