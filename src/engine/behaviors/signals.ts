import { modelOf, type Work } from '../processing/work.ts';
import type { SignalValue } from '../records/record.ts';
import { PROCESSES, SIGNAL_SUBSCRIPTIONS, type SignalSubscriptionRow } from '../state/tables.ts';
import { startByEvent } from './creation.ts';
import { acceptsTrigger, triggerEvent } from './triggers.ts';

/** Sends a signal to all that wait for it at this moment; gives its key. */
export function broadcastSignal(w: Work, value: SignalValue): number {
  const key = w.nextKey();
  w.emit(key, { valueType: 'SIGNAL', intent: 'BROADCASTED', value });
  for (const row of [...w.state.scan(SIGNAL_SUBSCRIPTIONS, 'byName', [value.signalName])])
    deliver(w, row, value);
  return key;
}

function deliver(w: Work, row: SignalSubscriptionRow, signal: SignalValue): void {
  if (row.startOf !== null) {
    const process = w.state.get(PROCESSES, row.startOf);
    if (process === undefined) return;
    const event = modelOf(w.graph(row.startOf), row.catchEventId);
    startByEvent(w, process, event, signal.variables, w.nextKey());
  }
  const element = w.element(row.catchEventInstanceKey);
  if (element === undefined) return;
  const event = modelOf(w.graph(element.processDefinitionKey), row.catchEventId);
  if (acceptsTrigger(element, event)) triggerEvent(w, element, event, signal.variables);
}
