import type { ElementType, GraphElement, ProcessGraph } from '../graph.ts';

/** Elements that a loop is looked for behind; where there are none of them, a loop of mere gateways is let be. */
const REFUSED = new Set<ElementType>(['MANUAL_TASK', 'TASK', 'CALL_ACTIVITY', 'INTERMEDIATE_THROW_EVENT']);
const PASSED_THROUGH = new Set<ElementType>([
  ...REFUSED,
  'EXCLUSIVE_GATEWAY',
  'INCLUSIVE_GATEWAY',
  'PARALLEL_GATEWAY',
  'START_EVENT',
  'END_EVENT',
  'SUB_PROCESS',
]);

/** A place in one process of the file. */
interface Place {
  readonly process: ProcessGraph;
  readonly element: GraphElement;
}

/**
 * Looks for loops that never wait: an instance would run round for ever. A call activity leads into a process of
 * the same file. Answers one line for each process with such a loop, as Zeebe words it (with back-quotes).
 */
export function loopProblems(resourceName: string, processes: readonly ProcessGraph[]): string | undefined {
  const texts = processes.flatMap((process) => {
    const loop = loopOf(process, processes);
    if (loop === undefined) return [];
    return `\`${resourceName}\`: - Process: ${process.bpmnProcessId}\n    - ERROR: Processes are not allowed to contain a straight-through processing loop: ${loop.join(' > ')}\n`;
  });
  return texts.length === 0 ? undefined : texts.join('');
}

function loopOf(process: ProcessGraph, processes: readonly ProcessGraph[]): readonly string[] | undefined {
  const finished = new Set<GraphElement>();
  const starts = Object.values(process.elements)
    .filter((element) => REFUSED.has(element.type))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const element of starts) {
    const loop = walk({ process, element }, processes, finished);
    if (loop !== undefined) return loop;
  }
  return undefined;
}

interface Step {
  readonly place: Place;
  readonly next: readonly Place[];
  at: number;
}

/** Depth first without recursion, as a chain may be as long as the file. What was left without a loop is not entered again. */
function walk(
  start: Place,
  processes: readonly ProcessGraph[],
  finished: Set<GraphElement>,
): readonly string[] | undefined {
  const path: Step[] = [];
  const onPath = new Map<GraphElement, number>();
  const enter = (place: Place): readonly string[] | undefined => {
    const index = onPath.get(place.element);
    if (index !== undefined) {
      const loop = path.slice(index).map((step) => step.place.element);
      return [...loop, place.element].map((element) => element.id);
    }
    if (finished.has(place.element) || !PASSED_THROUGH.has(place.element.type)) return undefined;
    onPath.set(place.element, path.length);
    path.push({ place, next: nextOf(place, processes), at: 0 });
    return undefined;
  };
  let found = enter(start);
  while (found === undefined) {
    const step = path.at(-1);
    if (step === undefined) return undefined;
    const next = step.next[step.at];
    step.at += 1;
    if (next !== undefined) {
      found = enter(next);
    } else {
      path.pop();
      onPath.delete(step.place.element);
      finished.add(step.place.element);
    }
  }
  return found;
}

function nextOf({ process, element }: Place, processes: readonly ProcessGraph[]): readonly Place[] {
  if (element.type === 'SUB_PROCESS') return noneStart(process, element);
  if (element.type === 'CALL_ACTIVITY') {
    const called = element.calledElement?.processId;
    if (called?.kind !== 'static') return [];
    const target = processes.find((candidate) => candidate.bpmnProcessId === called.value);
    const root = target?.elements[target.bpmnProcessId];
    return target === undefined || root === undefined ? [] : noneStart(target, root);
  }
  const ends = element.outgoing.length === 0 && element.flowScope !== null;
  const source = ends && element.flowScope !== null ? process.elements[element.flowScope] : element;
  return (source?.outgoing ?? []).flatMap((id) => {
    const target = process.elements[process.flows[id]?.target ?? ''];
    return target === undefined ? [] : { process, element: target };
  });
}

function noneStart(process: ProcessGraph, scope: GraphElement): readonly Place[] {
  return (scope.startEvents ?? [])
    .map((id) => process.elements[id])
    .filter((start) => start?.eventType === 'NONE')
    .flatMap((start) => (start === undefined ? [] : { process, element: start }));
}
