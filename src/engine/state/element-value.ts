import type { ProcessInstanceValue } from '../records/record.ts';
import type { ElementRow } from './tables.ts';

/** What the records of an element instance tell about it. */
export function elementValue(row: ElementRow): ProcessInstanceValue {
  return {
    bpmnElementType: row.type,
    bpmnEventType: row.eventType,
    elementId: row.elementId,
    bpmnProcessId: row.bpmnProcessId,
    version: row.version,
    processDefinitionKey: row.processDefinitionKey,
    processInstanceKey: row.processInstanceKey,
    flowScopeKey: row.flowScopeKey,
    parentProcessInstanceKey: row.parentProcessInstanceKey,
    parentElementInstanceKey: row.parentElementInstanceKey,
    ...(row.tags !== undefined && { tags: row.tags }),
    ...(row.businessId !== undefined && { businessId: row.businessId }),
  };
}
