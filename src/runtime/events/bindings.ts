import type { ProcessGraph } from '../../bpmn/graph.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { GRAPHS, PROCESSES } from '../../engine/state/tables.ts';
import { bindingsOf, isWatchOnly, type ModelBindings, watchedTypesOf } from '../../router/index.ts';

interface Model extends ModelBindings {
  /** Names of the elements that have jobs, by id. */
  readonly names: ReadonlyMap<string, string>;
  readonly watchOnly: boolean;
  readonly watched: ReadonlySet<string>;
}

interface Merged {
  /** Message name → ms that an early event waits, where a model says so. */
  readonly messages: ReadonlyMap<string, number | undefined>;
  readonly starts: ReadonlySet<string>;
  readonly waitTypes: ReadonlySet<string>;
  /** Types that tasks of processes that only watch may await. */
  readonly watched: ReadonlySet<string>;
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

  isWatchOnly(state: StatePort, processDefinitionKey: number): boolean {
    this.of(state);
    const model = this.#models.get(processDefinitionKey);
    if (model) return model.watchOnly;
    // Instances of a version that was deleted go on.
    const graph = state.get(GRAPHS, processDefinitionKey)?.graph;
    return graph !== undefined && isWatchOnly(graph);
  }

  /** A model came or went, or may have. */
  changed(): void {
    this.#merged = undefined;
  }

  #read(state: StatePort): Merged {
    const present = new Set<number>();
    for (const { processDefinitionKey: key } of state.scan(PROCESSES, 'byVersion', [])) {
      present.add(key);
      if (this.#models.has(key)) continue;
      const graph = state.get(GRAPHS, key)?.graph;
      if (graph) this.#models.set(key, this.#modelOf(graph));
    }
    for (const key of this.#models.keys()) if (!present.has(key)) this.#models.delete(key);
    return merge(this.#models.values());
  }

  #modelOf(graph: ProcessGraph): Model {
    const named = Object.values(graph.elements).flatMap(({ id, name, job }): [string, string][] =>
      job && name ? [[id, name]] : [],
    );
    return {
      ...bindingsOf(graph, this.#jobTypes),
      names: new Map(named),
      watchOnly: isWatchOnly(graph),
      watched: watchedTypesOf(graph, this.#jobTypes),
    };
  }
}

/** Of several models that say how long an early event waits, the longest time counts. */
function merge(models: Iterable<Model>): Merged {
  const messages = new Map<string, number | undefined>();
  const starts = new Set<string>();
  const waitTypes = new Set<string>();
  const watched = new Set<string>();
  for (const model of models) {
    for (const [name, { timeToLive }] of model.messages) {
      const known = messages.get(name);
      const both = known !== undefined && timeToLive !== undefined;
      if (!messages.has(name)) messages.set(name, timeToLive);
      else messages.set(name, both ? Math.max(known, timeToLive) : undefined);
    }
    for (const name of model.starts) starts.add(name);
    for (const type of model.waitTypes) waitTypes.add(type);
    for (const type of model.watched) watched.add(type);
  }
  return { messages, starts, waitTypes, watched };
}
