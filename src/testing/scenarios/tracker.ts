import type { LogRecord } from '../../engine/records/log.ts';
import type { ProcessInstanceValue } from '../../engine/records/record.ts';

interface SeenElement {
  readonly key: number;
  readonly elementId: string;
  readonly type: string;
  readonly instanceKey: number;
  readonly active: boolean;
}

interface OpenThing {
  readonly elementId: string | null;
  readonly instanceKey: number;
}

/** What the steps of a scenario may name, read from the records as an outsider would. */
export class Tracker {
  readonly #elements = new Map<number, SeenElement>();
  readonly #incidents = new Map<number, OpenThing>();
  readonly #userTasks = new Map<number, OpenThing>();
  readonly #resources = new Map<number, string>();

  note(record: LogRecord): void {
    if (record.recordType !== 'EVENT') return;
    switch (record.valueType) {
      case 'PROCESS_INSTANCE':
        if (record.intent !== 'SEQUENCE_FLOW_TAKEN')
          this.#noteElement(record.key, record.intent, record.value);
        return;
      case 'INCIDENT':
        this.#noteOpen(this.#incidents, record.key, record.intent !== 'RESOLVED', record.value);
        return;
      case 'USER_TASK': {
        const open = record.intent !== 'COMPLETED' && record.intent !== 'CANCELED';
        this.#noteOpen(this.#userTasks, record.key, open, record.value);
        return;
      }
      case 'PROCESS':
        this.#noteResource(record.key, record.intent, `process:${record.value.bpmnProcessId}`, record.value);
        return;
      case 'DECISION':
        this.#noteResource(record.key, record.intent, `decision:${record.value.decisionId}`, record.value);
        return;
      case 'DECISION_REQUIREMENTS': {
        const { decisionRequirementsId: id, decisionRequirementsVersion: version } = record.value;
        this.#noteResource(record.key, record.intent, `requirements:${id}`, { version });
        return;
      }
      case 'FORM':
        this.#noteResource(record.key, record.intent, `form:${record.value.formId}`, record.value);
        return;
      default:
        return;
    }
  }

  elementId(key: number): string | null {
    return this.#elements.get(key)?.elementId ?? null;
  }

  /** The `nth` active instance of an element from the oldest, of one type if that is given. */
  activeElement(
    elementId: string,
    instanceKey: number | undefined,
    { type, nth = 1 }: { readonly type?: string; readonly nth?: number } = {},
  ): number | undefined {
    let count = 0;
    for (const element of this.#elements.values()) {
      const fits = instanceKey === undefined || element.instanceKey === instanceKey;
      if (type !== undefined && element.type !== type) continue;
      if (element.active && element.elementId === elementId && fits && ++count === nth) return element.key;
    }
    return undefined;
  }

  incident(elementId: string, instanceKey: number | undefined): number | undefined {
    return newest(this.#incidents, elementId, instanceKey);
  }

  userTask(elementId: string, instanceKey: number | undefined): number | undefined {
    return newest(this.#userTasks, elementId, instanceKey);
  }

  resource(
    kind: 'process' | 'form' | 'decision' | 'requirements',
    id: string,
    version: number,
  ): number | undefined {
    for (const [key, name] of this.#resources) if (name === `${kind}:${id}:${version}`) return key;
    return undefined;
  }

  #noteElement(
    key: number,
    intent: string,
    value: Pick<ProcessInstanceValue, 'elementId' | 'bpmnElementType' | 'processInstanceKey'>,
  ): void {
    const active = intent !== 'ELEMENT_COMPLETED' && intent !== 'ELEMENT_TERMINATED';
    this.#elements.set(key, {
      key,
      elementId: value.elementId,
      type: value.bpmnElementType,
      instanceKey: value.processInstanceKey,
      active,
    });
  }

  #noteOpen(
    things: Map<number, OpenThing>,
    key: number,
    open: boolean,
    value: { readonly elementInstanceKey: number; readonly processInstanceKey: number },
  ): void {
    const elementId = this.elementId(value.elementInstanceKey);
    if (open) things.set(key, { elementId, instanceKey: value.processInstanceKey });
    else things.delete(key);
  }

  #noteResource(key: number, intent: string, name: string, value: { readonly version: number }): void {
    if (intent === 'CREATED') this.#resources.set(key, `${name}:${value.version}`);
    else this.#resources.delete(key);
  }
}

function newest(
  things: ReadonlyMap<number, OpenThing>,
  elementId: string,
  instanceKey: number | undefined,
): number | undefined {
  let found: number | undefined;
  for (const [key, thing] of things) {
    if (thing.elementId !== elementId) continue;
    if (instanceKey === undefined || thing.instanceKey === instanceKey) found = key;
  }
  return found;
}
