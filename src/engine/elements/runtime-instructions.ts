import { isInnerInstance } from '../behaviors/model.ts';
import type { Work } from '../processing/work.ts';
import { elementValue } from '../state/element-value.ts';
import type { ElementRow } from '../state/tables.ts';

/**
 * Ends the process instance if it was created to end after this element (Camunda 8.8, `runtimeInstructions`). To be
 * asked when the element has completed or was terminated; true: nothing follows it. Of a multi-instance the body counts.
 */
export function endsInstance(w: Work, row: ElementRow): boolean {
  const instance = w.element(row.processInstanceKey);
  if (instance?.terminateAfter?.includes(row.elementId) !== true || instance.state !== 'ACTIVATED')
    return false;
  if (row.key === instance.key || isInnerInstance(w, row)) return false;
  const { processInstanceKey, processDefinitionKey, elementId } = row;
  w.emit(instance.key, {
    valueType: 'RUNTIME_INSTRUCTION',
    intent: 'INTERRUPTED',
    value: { processInstanceKey, processDefinitionKey, elementId },
  });
  w.follow({ kind: 'element', intent: 'TERMINATE', key: instance.key, value: elementValue(instance) });
  return true;
}
