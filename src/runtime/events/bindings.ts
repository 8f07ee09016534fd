import type { ProcessGraph } from '../../bpmn/graph.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { GRAPHS, PROCESSES } from '../../engine/state/tables.ts';
import {
  bindingsOf,
  type ElementListener,
  type EventUse,
  type Listener,
  type ModelBindings,
} from '../../router/index.ts';

interface Model extends ModelBindings {
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  /** Names of the elements that have jobs, by id. */
  readonly names: ReadonlyMap<string, string>;
}

interface Merged {
  /** Message name → who waits for it. */
  readonly listeners: ReadonlyMap<string, readonly Listener[]>;
  readonly waitTypes: ReadonlySet<string>;
}

/** What all deployed models want to hear of; read again from the engine's state after each change of the models. */
export class Bindings {
  readonly #jobTypes: ReadonlySet<string>;
  /** A version never changes, so what was read of it stays true. */
  readonly #models = new Map<number, Model>();
  #merged: Merged | undefined;

  constructor(jobTypes: ReadonlySet<string>) {
    this.#jobTypes = jobTypes;
  }

  of(state: StatePort): Merged {
    this.#merged ??= this.#read(state);
    return this.#merged;
  }

  elementName(state: StatePort, processDefinitionKey: number, elementId: string): string | undefined {
    this.of(state);
    return this.#models.get(processDefinitionKey)?.names.get(elementId);
  }

  /** Message names of each deployed version, for people. */
  messageNames(state: StatePort): { readonly processDefinitionKey: number; readonly names: string[] }[] {
    this.of(state);
    return [...this.#models.values()].map(({ processDefinitionKey, listeners }) => ({
      processDefinitionKey,
      names: [...new Set(listeners.map(({ messageName }) => messageName))],
    }));
  }

  /** A model came or went, or may have. */
  changed(): void {
    this.#merged = undefined;
  }

  #read(state: StatePort): Merged {
    const present = new Set<number>();
    const latest = new Map<string, { readonly key: number; readonly version: number }>();
    for (const { processDefinitionKey: key, bpmnProcessId, version } of state.scan(
      PROCESSES,
      'byVersion',
      [],
    )) {
      present.add(key);
      if (version > (latest.get(bpmnProcessId)?.version ?? 0)) latest.set(bpmnProcessId, { key, version });
      if (this.#models.has(key)) continue;
      const graph = state.get(GRAPHS, key)?.graph;
      if (graph) this.#models.set(key, this.#modelOf(key, graph));
    }
    for (const key of this.#models.keys()) if (!present.has(key)) this.#models.delete(key);
    return merge(this.#models.values(), new Set([...latest.values()].map(({ key }) => key)));
  }

  #modelOf(processDefinitionKey: number, graph: ProcessGraph): Model {
    const named = Object.values(graph.elements).flatMap(({ id, name, job }): [string, string][] =>
      job && name ? [[id, name]] : [],
    );
    const { bpmnProcessId } = graph;
    return {
      ...bindingsOf(graph, this.#jobTypes),
      processDefinitionKey,
      bpmnProcessId,
      names: new Map(named),
    };
  }
}

/** Only the latest version of a process is started by messages; instances of older ones still wait for them. */
function merge(models: Iterable<Model>, latest: ReadonlySet<number>): Merged {
  const listeners = new Map<string, Map<string, { listener: ElementListener; names: string[] }>>();
  const waitTypes = new Set<string>();
  // In the order of deployment, also after a restart.
  const ordered = [...models].sort((one, other) => one.processDefinitionKey - other.processDefinitionKey);
  for (const { processDefinitionKey, ...model } of ordered) {
    for (const type of model.waitTypes) waitTypes.add(type);
    for (const listener of model.listeners) {
      if (listener.starts && !latest.has(processDefinitionKey)) continue;
      const ofName = listeners.get(listener.messageName) ?? new Map();
      listeners.set(listener.messageName, ofName);
      const same = signatureOf(listener);
      const known = ofName.get(same) ?? { listener, names: [] };
      // Where it was deployed last.
      ofName.delete(same);
      ofName.set(same, known);
      known.names.push(`${processDefinitionKey}:${listener.elementId}`);
    }
  }
  const merged = [...listeners].map(([name, ofName]): [string, Listener[]] => [
    name,
    [...ofName.values()].map(({ listener, names }) => ({ ...listener, names })),
  ]);
  return { listeners: new Map(merged), waitTypes };
}

/** Equal for elements of several versions that use events in the same way. */
function signatureOf({ bpmnProcessId, elementId, starts, use }: ElementListener): string {
  const { correlationKey, condition, resultVariable, resultExpression, messageId, timeToLive }: EventUse =
    use;
  const texts = [correlationKey, condition, resultExpression, messageId].map(
    (formula) => formula?.text ?? null,
  );
  return JSON.stringify([
    bpmnProcessId,
    elementId,
    starts,
    resultVariable ?? null,
    timeToLive ?? null,
    ...texts,
  ]);
}
