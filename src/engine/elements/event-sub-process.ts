import { childValue, noteTrigger, takeTrigger, waitingTrigger } from '../behaviors/triggers.ts';
import { modelOf } from '../processing/work.ts';
import type { ElementProcessor } from './processor.ts';
import { subProcess } from './sub-process.ts';
import { markActivated } from './transitions.ts';

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
};
