import { deleteCompensationsOfScope } from '../behaviors/compensation.ts';
import { resolveIncidentsOf } from '../behaviors/incidents.ts';
import { cancelJobOf } from '../behaviors/jobs.ts';
import { applyOutputMappings } from '../behaviors/mappings.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { childValue, noteTrigger, takeTrigger, waitingTrigger } from '../behaviors/triggers.ts';
import { modelOf } from '../processing/work.ts';
import { finishTermination } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { subProcess } from './sub-process.ts';
import { askCompletion, markActivated } from './transitions.ts';

/** Started by an event of the scope around it; what the event brought goes to its start event. */
export const eventSubProcess: ElementProcessor = {
  ...subProcess,
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
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
  },
  terminate(w, { row, byModification }) {
    cancelJobOf(w, row.key);
    resolveIncidentsOf(w, row.key);
    if (!byModification) deleteCompensationsOfScope(w, row.key);
    return terminateChildren(w, row);
  },
  childTerminated(w, at) {
    const { row, graph } = at;
    if (row.childCount > 0) return;
    if (row.state === 'TERMINATING') finishTermination(w, at);
    // One inside that interrupted it does not begin, as in Zeebe: the instance stays as it is.
    else if (row.interruptedBy !== null && modelOf(graph, row.interruptedBy).type === 'END_EVENT')
      askCompletion(w, row);
  },
};
