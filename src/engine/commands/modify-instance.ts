import type { ProcessGraph } from '../../bpmn/graph.ts';
import { activateElement } from '../behaviors/activation.ts';
import { inHashOrder } from '../behaviors/name-order.ts';
import { terminate } from '../elements/lifecycle.ts';
import { terminateTree } from '../elements/terminate-tree.ts';
import { Rejection } from '../processing/rejection.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { ModificationRequest } from '../records/command.ts';
import type { Document } from '../records/record.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';
import {
  followsEventBasedGateway,
  multiInstanceAround,
  SUPPORTED_TYPES,
  unsupportedType,
} from './create-instance.ts';
import {
  isInsideMultiInstance,
  type PlannedActivation,
  type PlannedModification,
  planModification,
  refuseEndedScopes,
  scopesOf,
} from './modification-moves.ts';

type Activate = PlannedActivation;

/** Moves tokens of an instance: first all new ones are put, then the others are taken away. */
export function modifyInstance(w: Work, command: CommandOf<'PROCESS_INSTANCE_MODIFICATION'>): Accepted {
  const { key, value } = command;
  const instance = w.element(key);
  if (instance === undefined || instance.type !== 'PROCESS' || instance.state === 'TERMINATING') {
    const reason = `Expected to modify process instance but no process instance found with key '${key}'`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const plan = check(w, instance, value);
  const graph = w.graph(instance.processDefinitionKey);
  const used = new Set<number>();
  for (const instruction of plan.activate) {
    const element = modelOf(graph, instruction.elementId);
    const variables = scopeVariables(instance, instruction);
    const { ancestorElementInstanceKey } = instruction;
    for (const scope of activateElement(w, instance, element, ancestorElementInstanceKey, variables))
      used.add(scope);
  }
  const userTasks = plan.terminate.flatMap((terminated) => terminateElement(w, terminated, used));
  w.emit(w.nextKey(), {
    valueType: 'PROCESS_INSTANCE_MODIFICATION',
    intent: 'MODIFIED',
    value: {
      key,
      ...plan,
      ...(used.size > 0 && { scopes: [...used] }),
      ...(userTasks.length > 0 && { userTasks }),
    },
  });
  return { key, value: NOTHING };
}

function scopeVariables(instance: ElementRow, { variables }: Activate): ReadonlyMap<string, Document> {
  const byScope = new Map<string, Document>();
  for (const instruction of variables) {
    const id = instruction.elementId === '' ? instance.elementId : instruction.elementId;
    byScope.set(id, new Map([...(byScope.get(id) ?? []), ...instruction.variables]));
  }
  return byScope;
}

/**
 * Ends an element; scopes around it that nothing runs in any more, and that no new token uses, end with it. Gives the
 * keys of the user tasks that ended.
 */
function terminateElement(w: Work, key: number, used: ReadonlySet<number>): readonly number[] {
  const row = w.element(key);
  if (row === undefined || row.state === 'TERMINATING') return [];
  const userTasks = terminateTree(w, row);
  // What takes further steps to end takes the scopes around with it later.
  if (w.element(key) !== undefined) return userTasks;
  endEmptyScopes(w, row, used);
  return userTasks;
}

function endEmptyScopes(w: Work, row: ElementRow, used: ReadonlySet<number>): void {
  for (let scope = w.element(row.flowScopeKey); scope !== undefined; ) {
    if (scope.state === 'TERMINATING' || scope.childCount > 0 || scope.activeFlows > 0) return;
    if (used.has(scope.key)) return;
    terminate(w, { key: scope.key, byModification: true });
    scope = w.element(scope.flowScopeKey);
  }
}

function check(w: Work, instance: ElementRow, request: ModificationRequest): PlannedModification {
  const graph = w.graph(instance.processDefinitionKey);
  const refuseAll = (rest: string): never => {
    const reason = `Expected to modify instance of process '${instance.bpmnProcessId}' but it contains ${rest}`;
    throw new Rejection('INVALID_ARGUMENT', reason);
  };
  const plan = planModification(w, instance, request, refuseAll);
  const refuse = (rest: string) => refuseAll(`one or more ${rest}`);
  const { activate, terminate } = plan;
  const missing = activate.filter(({ elementId }) => !graph.elements[elementId] && !graph.flows[elementId]);
  if (missing.length > 0)
    refuse(
      `activate instructions with an element that could not be found: '${listed(inHashOrder(missing.map((one) => one.elementId)))}'`,
    );
  checkSupported(graph, activate, refuse);
  const lost = terminate.filter((key) => !belongsTo(w, key, instance));
  if (lost.length > 0)
    refuse(
      `terminate instructions with an element instance that could not be found: '${listed([...new Set(lost)])}'`,
    );
  checkMultiInstances(w, instance, activate, refuse);
  for (const instruction of activate) checkScopes(w, instance, graph, instruction, refuse);
  refuseEndedScopes(w, instance, plan, refuseAll);
  refuseEndOfCalled(w, instance, plan);
  return plan;
}

function listed(items: readonly (string | number)[]): string {
  return items.join("', '");
}

type Refuse = (rest: string) => never;

function checkSupported(graph: ProcessGraph, activate: readonly Activate[], refuse: Refuse): void {
  const ids = [...new Set(activate.map(({ elementId }) => elementId))];
  const afterGateway = ids.filter((id) => {
    const element = graph.elements[id];
    return element !== undefined && followsEventBasedGateway(graph, element);
  });
  if (afterGateway.length > 0)
    refuse(
      `activate instructions for elements that are unsupported: '${listed(afterGateway)}'. The activation of events ` +
        `belonging to an event-based gateway is not supported.`,
    );
  const unsupported = ids.filter((id) => unsupportedType(graph, id) !== undefined);
  if (unsupported.length > 0) {
    const types = unsupported.map((id) => unsupportedType(graph, id) ?? '');
    refuse(
      `activate instructions for elements that are unsupported: '${listed(unsupported)}'. The activation of elements ` +
        `with type '${listed([...new Set(types)])}' is not supported. Supported element types are: ${SUPPORTED_TYPES}.`,
    );
  }
}

function checkMultiInstances(
  w: Work,
  instance: ElementRow,
  activate: readonly Activate[],
  refuse: Refuse,
): void {
  const graph = w.graph(instance.processDefinitionKey);
  const inside = activate.flatMap(({ elementId, ancestorElementInstanceKey, moved }) => {
    const element = graph.elements[elementId];
    const around = element && multiInstanceAround(graph, element);
    if (around === undefined) return [];
    // An instance of the multi-instance that runs can take the token.
    const runs = around.id !== elementId && countActive(w, instance, around.id) > 0;
    return runs || (moved && isInsideMultiInstance(w, around.id, ancestorElementInstanceKey))
      ? []
      : [around.id];
  });
  if (inside.length > 0)
    refuse(
      `activate instructions that would result in the activation of multi-instance element '${listed([...new Set(inside)])}', which ` +
        `is currently unsupported.`,
    );
}

/** A called instance ends with its call activity, and not otherwise. */
function refuseEndOfCalled(
  w: Work,
  instance: ElementRow,
  { activate, terminate }: PlannedModification,
): void {
  if (instance.parentProcessInstanceKey < 0 || activate.length > 0) return;
  if (!wouldEnd(w, instance, new Set(terminate))) return;
  const reason =
    `Expected to modify instance of process '${instance.bpmnProcessId}' but the given instructions would terminate ` +
    `the instance. The instance was created by a call activity in the parent process. To terminate this instance ` +
    `please modify the parent process instead.`;
  throw new Rejection('INVALID_ARGUMENT', reason);
}

/** Whether nothing would run in a scope any more without these elements. */
function wouldEnd(w: Work, row: ElementRow, ended: ReadonlySet<number>): boolean {
  if (ended.has(row.key)) return true;
  if (ended.size === 0 || row.childCount === 0 || row.activeFlows > 0) return false;
  for (const child of w.state.scan(ELEMENTS, 'byScope', [row.key]))
    if (!wouldEnd(w, child, ended)) return false;
  return true;
}

function belongsTo(w: Work, key: number, instance: ElementRow): boolean {
  const row = w.element(key);
  return row !== undefined && row.processInstanceKey === instance.key;
}

function checkScopes(
  w: Work,
  instance: ElementRow,
  graph: ProcessGraph,
  instruction: Activate,
  refuse: Refuse,
): void {
  const { elementId, ancestorElementInstanceKey: ancestor, variables } = instruction;
  const around = scopesOf(graph, elementId);
  const unknown = variables.map(({ elementId: id }) => id).filter((id) => id !== '' && !graph.elements[id]);
  if (unknown.length > 0)
    refuse(`variable instructions with a scope element id that could not be found: '${listed(unknown)}'`);
  const strange = variables.filter(
    ({ elementId: id }) => id !== '' && id !== elementId && !around.includes(id),
  );
  if (strange.length > 0)
    refuse(
      `variable instructions with a scope element that doesn't belong to the activating element's flow scope. These ` +
        `variables should be set before or after the modification.`,
    );
  if (ancestor >= 0) {
    if (!belongsTo(w, ancestor, instance) || w.element(ancestor)?.state !== 'ACTIVATED')
      refuse(
        `activate instructions with an ancestor scope key that does not exist, or is not in an active state: '${ancestor}'`,
      );
    const id = w.element(ancestor)?.elementId ?? '';
    if (!around.includes(id))
      refuse(
        `activate instructions with an ancestor scope key that is not an ancestor of the element to activate:` +
          `\n- instance '${ancestor}' of element '${id}' is not an ancestor of element '${elementId}'`,
      );
    return;
  }
  const several = around.filter(
    (id) =>
      modelOf(graph, id).type !== 'AD_HOC_SUB_PROCESS_INNER_INSTANCE' && countActive(w, instance, id) > 1,
  );
  if (several.length > 0)
    refuse(
      `activate instructions for elements that have multiple active flow scope instances: '${listed(several)}'. Please ` +
        `specify an ancestor scope key.`,
    );
}

function countActive(w: Work, scope: ElementRow, elementId: string): number {
  let count = 0;
  for (const child of w.state.scan(ELEMENTS, 'byScope', [scope.key])) {
    if (child.state !== 'ACTIVATED') continue;
    if (child.elementId === elementId) count += 1;
    if (child.type.includes('SUB_PROCESS')) count += countActive(w, child, elementId);
  }
  return count;
}
