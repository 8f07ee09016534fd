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

/**
 * Values told lately, so that records of one element instance that follow each other share theirs: that is less to
 * make and, in the journal, less to write.
 */
export class ElementValues {
  readonly #recent: { key: number; value: ProcessInstanceValue }[] = [];
  #next = 0;

  of(row: ElementRow): ProcessInstanceValue {
    for (const { key, value } of this.#recent) if (key === row.key && tells(value, row)) return value;
    const value = elementValue(row);
    this.#recent[this.#next] = { key: row.key, value };
    this.#next = (this.#next + 1) % MOST;
    return value;
  }
}

const MOST = 4;

function tells(value: ProcessInstanceValue, row: ElementRow): boolean {
  // What else a value tells never changes.
  return (
    value.elementId === row.elementId &&
    value.processDefinitionKey === row.processDefinitionKey &&
    value.bpmnProcessId === row.bpmnProcessId &&
    value.version === row.version &&
    value.tags === row.tags &&
    value.businessId === row.businessId
  );
}
