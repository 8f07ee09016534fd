import type { ProcessGraph } from '../../bpmn/graph.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { ModificationRequest, MoveInstruction } from '../records/command.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';

type Activate = ModificationRequest['activate'][number];

/** What a modification comes down to: tokens to put, then element instances to end. */
export interface PlannedModification {
  readonly activate: readonly PlannedActivation[];
  /** Keys of element instances. */
  readonly terminate: readonly number[];
}

/** `moved`: stands for a token that is taken away elsewhere, so that it may go into a multi-instance. */
export type PlannedActivation = Activate & { readonly moved?: true };

type Refuse = (rest: string) => never;

/** Finds the element instances that moves and terminations by id mean (Camunda 8.9). Refuses what is in no order. */
export function planModification(
  w: Work,
  instance: ElementRow,
  request: ModificationRequest,
  refuse: Refuse,
): PlannedModification {
  const moves = request.move ?? [];
  const byKey = moves.flatMap((move) =>
    'elementInstanceKey' in move.source ? [[move.source, move] as const] : [],
  );
  const byId = moves.flatMap((move) =>
    'elementId' in move.source ? [[move.source.elementId, move] as const] : [],
  );
  const repeated = byId.map(([id]) => id).filter((id, at, ids) => ids.indexOf(id) !== at);
  if (repeated.length > 0)
    refuseMoves(refuse, 'multiple', `with identical source element ids`, [...new Set(repeated)]);
  const keys = byKey.map(([{ elementInstanceKey }]) => elementInstanceKey);
  const lost = keys.filter((key) => w.element(key) === undefined);
  if (lost.length > 0)
    refuseMoves(refuse, 'one or more', 'with a source element instance that could not be found', lost);
  const strange = keys.filter((key) => w.element(key)?.processInstanceKey !== instance.key);
  if (strange.length > 0)
    refuseMoves(
      refuse,
      'one or more',
      'with a source element instance that does not belong to the modified process instance',
      strange,
    );
  const activate: PlannedActivation[] = [...request.activate];
  const terminate: number[] = [];
  const moveFrom = (source: ElementRow, move: MoveInstruction) => {
    activate.push(activationOf(w, source, move));
    terminate.push(source.key);
  };
  for (const [{ elementInstanceKey }, move] of byKey) {
    const source = w.element(elementInstanceKey);
    if (source !== undefined) moveFrom(source, move);
  }
  terminate.push(...request.terminate);
  const ids = new Set(request.terminateIds ?? []);
  const moveOf = new Map(byId);
  if (ids.size > 0 || moveOf.size > 0) {
    const ended = new Set(terminate);
    const scopes = [instance.key];
    // What stands inside something that ends is not asked: it ends with it.
    for (const scope of scopes) {
      for (const child of w.state.scan(ELEMENTS, 'byScope', [scope])) {
        const move = moveOf.get(child.elementId);
        if (move !== undefined) moveFrom(child, move);
        else if (ids.has(child.elementId)) terminate.push(child.key);
        else if (!ended.has(child.key) && child.childCount > 0) scopes.push(child.key);
      }
    }
  }
  return { activate, terminate };
}

function refuseMoves(
  refuse: Refuse,
  count: string,
  rest: string,
  items: readonly (string | number)[],
): never {
  return refuse(`${count} move instructions ${rest}: '${items.join("', '")}'`);
}

function activationOf(w: Work, source: ElementRow, move: MoveInstruction): PlannedActivation {
  const { targetElementId: elementId, variables } = move;
  return { elementId, variables, ancestorElementInstanceKey: ancestorOf(w, source, move), moved: true };
}

function ancestorOf(w: Work, source: ElementRow, { ancestor, targetElementId }: MoveInstruction): number {
  switch (ancestor.kind) {
    case 'direct':
      return ancestor.elementInstanceKey;
    case 'sourceParent':
      return source.flowScopeKey;
    case 'inferred': {
      const scopes = scopesOf(w.graph(source.processDefinitionKey), targetElementId);
      let row = w.element(source.flowScopeKey);
      // Of a multi-instance the body has the same id as its instances: only these hold the target.
      while (row !== undefined && (row.type === 'MULTI_INSTANCE_BODY' || !scopes.includes(row.elementId)))
        row = w.element(row.flowScopeKey);
      return row?.key ?? -1;
    }
  }
}

/** Ids of the scopes around an element, inner ones first, the process last; none for an unknown element. */
export function scopesOf(graph: ProcessGraph, elementId: string): readonly string[] {
  const ids: string[] = [];
  for (let id = graph.elements[elementId]?.flowScope ?? null; id !== null; id = modelOf(graph, id).flowScope)
    ids.push(id);
  return ids;
}

/** Whether the innermost multi-instance around the target is entered already where the token is to go. */
export function isInsideMultiInstance(w: Work, multiInstanceId: string, ancestorKey: number): boolean {
  for (let row = w.element(ancestorKey); row !== undefined; row = w.element(row.flowScopeKey))
    if (row.elementId === multiInstanceId && row.type !== 'MULTI_INSTANCE_BODY') return true;
  return false;
}

/** Refuses to put a token into a scope that the same modification ends. */
export function refuseEndedScopes(
  w: Work,
  instance: ElementRow,
  { activate, terminate }: PlannedModification,
  refuse: Refuse,
): void {
  const ended = new Set(terminate);
  const conflicts = activate.flatMap((one) => {
    if (one.moved === undefined) return [];
    const key = endedScope(w, instance, one, ended);
    if (key === undefined) return [];
    return [`element '${one.elementId}' requires flow scope instance '${key}' which is being terminated`];
  });
  if (conflicts.length === 0) return;
  refuse(
    `one or more activate instructions for elements whose required flow scope instance is also being terminated: ` +
      `${conflicts.join(', ')}. Please provide a valid ancestor scope key for the activation or avoid terminating the required flow scope.`,
  );
}

function endedScope(
  w: Work,
  instance: ElementRow,
  { elementId, ancestorElementInstanceKey: ancestor }: Activate,
  ended: ReadonlySet<number>,
): number | undefined {
  for (let row = w.element(ancestor); row !== undefined; row = w.element(row.flowScopeKey))
    if (ended.has(row.key)) return row.key;
  if (ancestor >= 0) return undefined;
  let scope = instance;
  for (const id of scopesOf(w.graph(instance.processDefinitionKey), elementId).toReversed().slice(1)) {
    const inner = [...w.state.scan(ELEMENTS, 'byScope', [scope.key])].find(
      (child) => child.elementId === id && child.state === 'ACTIVATED',
    );
    if (inner === undefined) return undefined;
    if (ended.has(inner.key)) return inner.key;
    scope = inner;
  }
  return undefined;
}
