import type { GraphElement, ProcessGraph } from '../bpmn/graph.ts';

/** An element of interest and those of them that may come directly before it. */
export interface Ordered {
  readonly elementId: string;
  readonly follows: readonly string[];
}

/**
 * The partial order of some elements of a process: listed so that each stands after those that lead to it (loops
 * are cut where they go back), with what may come directly before it. Elements that no path reaches stand at the
 * end.
 */
export function orderOf(graph: ProcessGraph, chosen: ReadonlySet<string>): readonly Ordered[] {
  const steps = stepsOf(graph);
  const order = topological(graph, steps);
  const reached = new Set(order);
  const left = Object.keys(graph.elements).filter((id) => !reached.has(id));
  const before = reversed(steps);
  return [...order, ...left]
    .filter((id) => chosen.has(id))
    .map((elementId) => ({ elementId, follows: nearest(elementId, before, chosen) }));
}

type Steps = ReadonlyMap<string, readonly string[]>;

/** Where the way goes on from each element, into and out of subprocesses and to what may interrupt. */
function stepsOf(graph: ProcessGraph): Steps {
  const steps = new Map<string, readonly string[]>();
  for (const element of Object.values(graph.elements)) steps.set(element.id, stepsFrom(graph, element));
  return steps;
}

function stepsFrom(graph: ProcessGraph, element: GraphElement): readonly string[] {
  const interrupting = [...element.boundaryEvents].reverse();
  const aside = (element.eventSubProcesses ?? []).flatMap((id) => graph.elements[id]?.startEvents ?? []);
  const inside = element.adHoc?.activities ?? element.startEvents ?? [];
  if (inside.length > 0) return [...inside, ...interrupting, ...aside];
  return [...linked(graph, element), ...onwards(graph, element), ...interrupting];
}

/** From a link to where it leads. */
function linked(graph: ProcessGraph, { type, linkName, flowScope }: GraphElement): readonly string[] {
  if (type !== 'INTERMEDIATE_THROW_EVENT' || linkName === undefined) return [];
  return Object.values(graph.elements)
    .filter((other) => other.type === 'INTERMEDIATE_CATCH_EVENT' && other.flowScope === flowScope)
    .filter((other) => other.linkName === linkName)
    .map(({ id }) => id);
}

/** Past the element; from the end of a subprocess, past that. */
function onwards(graph: ProcessGraph, element: GraphElement): readonly string[] {
  // The engine takes them from the last of the file to the first.
  const targets = [...element.outgoing].reverse().flatMap((id) => graph.flows[id]?.target ?? []);
  if (targets.length > 0 || element.flowScope === null) return targets;
  const scope = graph.elements[element.flowScope];
  return scope === undefined || scope.type === 'PROCESS' ? [] : onwards(graph, scope);
}

/** Reverse order of leaving in a depth-first walk; the first flow of a fork is walked last, so it is listed first. */
function topological(graph: ProcessGraph, steps: Steps): readonly string[] {
  const seen = new Set<string>();
  const left: string[] = [];
  const stack: { readonly id: string; next: number }[] = [];
  const enter = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    stack.push({ id, next: (steps.get(id)?.length ?? 0) - 1 });
  };
  enter(graph.bpmnProcessId);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = steps.get(top.id)?.[top.next];
    top.next -= 1;
    if (target !== undefined) enter(target);
    else {
      left.push(top.id);
      stack.pop();
    }
  }
  return left.reverse();
}

function reversed(steps: Steps): Steps {
  const before = new Map<string, string[]>();
  for (const [id, targets] of steps) {
    for (const target of targets) before.set(target, [...(before.get(target) ?? []), id]);
  }
  return before;
}

/** The chosen elements from which one comes to an element without passing another chosen one. */
function nearest(elementId: string, before: Steps, chosen: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [...(before.get(elementId) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (chosen.has(id)) found.add(id);
    else open.push(...(before.get(id) ?? []));
  }
  return [...found];
}
