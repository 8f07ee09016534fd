import { deleteCompensationsOfScope } from '../behaviors/compensation.ts';
import { resolveIncidentsOf } from '../behaviors/incidents.ts';
import { cancelJobOf } from '../behaviors/jobs.ts';
import { applyOutputMappings } from '../behaviors/mappings.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { closeConditional, conditionalSubscriptionsOf } from '../behaviors/subscriptions.ts';
import { childValue, noteTrigger, takeTrigger, waitingTrigger } from '../behaviors/triggers.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import type { ElementProcessor } from './processor.ts';
import { scopeChildTerminated, subProcess } from './sub-process.ts';
import { markActivated } from './transitions.ts';

/**
 * Started by an event of the scope around it; what the event brought goes to its start event.
 *
 * As Zeebe 8.6 does, it acts on event subprocesses directly inside it only where neither of both interrupts: one that
 * interrupts lets nothing begin in its place, and one that was started by an interruption acts on none (which the
 * appliers know). What it waits for goes with it, without a record.
 */
export const eventSubProcess: ElementProcessor = {
  ...subProcess,
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
    closeConditionals(w, row.key);
  },
  terminate(w, { row, byModification }) {
    cancelJobOf(w, row.key);
    closeConditionals(w, row.key);
    resolveIncidentsOf(w, row.key);
    if (!byModification) deleteCompensationsOfScope(w, row.key);
    return terminateChildren(w, row);
  },
  childTerminated(w, at) {
    const { row, graph } = at;
    const interrupted = row.state === 'ACTIVATED' && row.interruptedBy !== null;
    if (interrupted && modelOf(graph, row.interruptedBy ?? '').type === 'START_EVENT') return;
    scopeChildTerminated(w, at);
  },
  activated(w, at) {
    markActivated(w, at);
    const { row, model, graph } = at;
    const start = model.startEvents?.[0];
    const scope = w.element(row.flowScopeKey);
    if (start === undefined || scope === undefined) return;
    const key = w.nextKey();
    const trigger = waitingTrigger(w, scope.key, start);
    if (trigger !== undefined) {
      takeTrigger(w, scope, trigger);
      const { processInstanceKey, processDefinitionKey } = row;
      if (trigger.variables.size > 0)
        noteTrigger(w, { key, processInstanceKey, processDefinitionKey }, start, trigger.variables);
    }
    const value = childValue(row, modelOf(graph, start));
    w.follow({ kind: 'element', intent: 'ACTIVATE', key, value });
  },
};

function closeConditionals(w: Work, key: number): void {
  for (const row of conditionalSubscriptionsOf(w, key)) closeConditional(w, row);
}
