import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import { subscriptionValue } from '../behaviors/conditionals.ts';
import { evaluateMessageName } from '../behaviors/expressions.ts';
import { jobOf } from '../behaviors/jobs.ts';
import { eventSubProcessStarts, ownEvents } from '../behaviors/model.ts';
import {
  conditionalSubscriptionsOf,
  messageSubscriptionsOf,
  signalSubscriptionsOf,
  subscribe,
  unsubscribe,
} from '../behaviors/subscriptions.ts';
import { timersOf, timerValue } from '../behaviors/timers.ts';
import { userTaskOf, userTaskValue } from '../behaviors/user-tasks.ts';
import { variableKey } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { RejectionType } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { variablesOf } from '../state/scope-variables.ts';
import { ELEMENTS, type ElementRow, INCIDENTS, PROCESSES, type ProcessRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';
import {
  checkCatchEvents,
  refuseActiveFlows,
  refuseUnsupported,
  refuseUnsupportedEvents,
} from './migration-checks.ts';

interface Plan {
  readonly instance: ElementRow;
  readonly target: ProcessRow;
  readonly source: ProcessGraph;
  readonly graph: ProcessGraph;
  /** Target element id by source element id. */
  readonly mapping: ReadonlyMap<string, string>;
}

/** Moves a running instance to another process definition. */
export function migrateInstance(w: Work, command: CommandOf<'PROCESS_INSTANCE_MIGRATION'>): Accepted {
  const { key, value } = command;
  const instance = w.element(key);
  if (instance === undefined || instance.type !== 'PROCESS') {
    const reason = `Expected to migrate process instance but no process instance found with key '${key}'`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const target = w.state.get(PROCESSES, value.targetProcessDefinitionKey);
  if (target === undefined) {
    const reason =
      `Expected to migrate process instance to process definition but no process definition found with key ` +
      `'${value.targetProcessDefinitionKey}'`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const source = w.graph(instance.processDefinitionKey);
  const graph = w.graph(target.processDefinitionKey);
  checkMapping(key, value.mappings, source, graph);
  const mapping = mappingOf(value.mappings, source, graph);
  const plan = { instance, target, source, graph, mapping };
  const rows = activeRows(w, instance);
  for (const row of rows) checkElement(w, plan, row);
  for (const row of rows) migrateElement(w, plan, row);
  w.emit(w.nextKey(), {
    valueType: 'PROCESS_INSTANCE_MIGRATION',
    intent: 'MIGRATED',
    value: { key, ...value },
  });
  return { key, value: NOTHING };
}

function refuse(key: number, rest: string, type: RejectionType = 'INVALID_STATE'): never {
  throw new Rejection(type, `Expected to migrate process instance '${key}' but ${rest}`);
}

function checkMapping(
  key: number,
  mappings: CommandOf<'PROCESS_INSTANCE_MIGRATION'>['value']['mappings'],
  source: ProcessGraph,
  target: ProcessGraph,
): void {
  const seen = new Set<string>();
  for (const { sourceElementId: from, targetElementId: to } of mappings) {
    if (seen.has(from))
      refuse(
        key,
        `the mapping instructions contain duplicate source element ids '[${from}]'. Each source element must be mapped only once.`,
        'INVALID_ARGUMENT',
      );
    seen.add(from);
    if (!isMapped(source, from))
      refuse(
        key,
        `mapping instructions contain a non-existing source element id '${from}'. Elements provided in mapping instructions must exist in the source process definition.`,
        'INVALID_ARGUMENT',
      );
    if (!isMapped(target, to))
      refuse(
        key,
        `mapping instructions contain a non-existing target element id '${to}'. Elements provided in mapping instructions must exist in the target process definition.`,
        'INVALID_ARGUMENT',
      );
  }
}

/** Inner instances of an ad-hoc subprocess go where it goes. */
function mappingOf(
  mappings: CommandOf<'PROCESS_INSTANCE_MIGRATION'>['value']['mappings'],
  source: ProcessGraph,
  target: ProcessGraph,
): ReadonlyMap<string, string> {
  const mapping = new Map(mappings.map((one) => [one.sourceElementId, one.targetElementId]));
  for (const [from, to] of [...mapping]) {
    const inner = source.elements[from]?.adHoc?.innerInstance;
    const targetInner = target.elements[to]?.adHoc?.innerInstance;
    if (inner !== undefined && targetInner !== undefined) mapping.set(inner, targetInner);
  }
  return mapping;
}

/** Elements and flows can be named by a mapping, the process itself cannot. */
function isMapped(graph: ProcessGraph, id: string): boolean {
  if (id === graph.bpmnProcessId) return false;
  return graph.elements[id] !== undefined || graph.flows[id] !== undefined;
}

/** All element instances of a process instance, level by level from the outermost. */
function activeRows(w: Work, instance: ElementRow): readonly ElementRow[] {
  const rows = [instance];
  for (const row of rows) rows.push(...w.state.scan(ELEMENTS, 'byScope', [row.key]));
  return rows;
}

function targetOf(plan: Plan, row: ElementRow): GraphElement {
  const id = row.type === 'PROCESS' ? plan.target.bpmnProcessId : plan.mapping.get(row.elementId);
  if (id === undefined)
    refuse(
      plan.instance.key,
      `no mapping instruction defined for active element with id '${row.elementId}'. Elements cannot be migrated without a mapping.`,
    );
  return modelOf(plan.graph, id);
}

function checkElement(w: Work, plan: Plan, row: ElementRow): void {
  const { key } = plan.instance;
  const refuseThis = (rest: string): never => refuse(key, rest);
  refuseUnsupported(row, refuseThis);
  const target = targetOf(plan, row);
  const model = modelOf(plan.source, row.elementId);
  if (model.type !== target.type)
    refuse(
      key,
      `active element with id '${row.elementId}' and type '${model.type}' is mapped to an element with id '${target.id}' and different type '${target.type}'. Elements must be mapped to elements of the same type.`,
    );
  if (model.type === 'USER_TASK' && (model.job === undefined) !== (target.job === undefined)) {
    const kind = (native: boolean) => (native ? 'zeebe user task' : 'job worker');
    refuse(
      key,
      `active user task with id '${row.elementId}' and implementation '${kind(model.job === undefined)}' is mapped to an user task with id '${target.id}' and different implementation '${kind(target.job === undefined)}'. Elements must be mapped to elements of the same implementation.`,
    );
  }
  const scope = w.element(row.flowScopeKey);
  if (
    scope !== undefined &&
    scope.type !== 'MULTI_INSTANCE_BODY' &&
    target.flowScope !== targetOf(plan, scope).id
  )
    refuse(
      key,
      `the flow scope of active element with id '${row.elementId}' is changed. The flow scope of the active element is expected to be '${targetOf(plan, scope).id}' but was '${target.flowScope}'. The flow scope of an element cannot be changed during migration yet.`,
    );
  refuseUnsupportedEvents(plan.source, model, refuseThis);
  refuseActiveFlows(row, refuseThis);
  const element = { graph: plan.source, element: model };
  const inner = scope?.type === 'MULTI_INSTANCE_BODY';
  checkCatchEvents(plan.mapping, element, { graph: plan.graph, element: target, inner }, refuseThis);
  checkMessages(w, plan, row, target);
}

/** What an instance waits for in the target. Zeebe opens nothing anew for the body of a multi-instance. */
function targetEvents(w: Work, plan: Plan, row: ElementRow, target: GraphElement): readonly GraphElement[] {
  if (row.type === 'MULTI_INSTANCE_BODY') return [];
  const migrated = { ...row, processDefinitionKey: plan.target.processDefinitionKey, elementId: target.id };
  const starts = row.interruptedBy !== null ? [] : eventSubProcessStarts(plan.graph, target);
  return [...ownEvents(w, migrated, target), ...starts];
}

/** A subscription that is not mapped is closed; the target must not open one to the same message meanwhile. */
function checkMessages(w: Work, plan: Plan, row: ElementRow, target: GraphElement): void {
  const mapped = new Set(plan.mapping.values());
  const open = messageSubscriptionsOf(w, row.key);
  for (const event of targetEvents(w, plan, row, target)) {
    if (event.message === undefined || mapped.has(event.id) || event.id === target.id) continue;
    const name = evaluateMessageName(w, event.message.name, row.key);
    if (open.some(({ value }) => value.messageName === name))
      refuse(
        plan.instance.key,
        `active element with id '${row.elementId}' attempts to subscribe to a message it is already subscribed to with name '${name}'. Migrating active elements that subscribe to a message they are already subscribed to is not possible yet. Please provide a mapping instruction to message catch event with id '${event.id}' to migrate the respective message subscription.`,
      );
  }
}

function migrateElement(w: Work, plan: Plan, row: ElementRow): void {
  const target = targetOf(plan, row);
  const { bpmnProcessId, processDefinitionKey, version } = plan.target;
  const definition = { bpmnProcessId, processDefinitionKey };
  const value = { ...elementValue(row), ...definition, version, elementId: target.id };
  w.emit(row.key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_MIGRATED', value });
  migrateVariables(w, row, definition);
  const owner = { ...definition, processDefinitionVersion: version, elementId: target.id };
  const job = jobOf(w, row.key);
  if (job !== undefined)
    w.emit(job.key, { valueType: 'JOB', intent: 'MIGRATED', value: { ...job.value, ...owner } });
  for (const { key, ...incident } of [...w.state.scan(INCIDENTS, 'byElement', [row.key])])
    w.emit(key, { valueType: 'INCIDENT', intent: 'MIGRATED', value: { ...incident, ...owner } });
  const task = userTaskOf(w, row.key);
  if (task !== undefined) {
    const migrated = { ...userTaskValue(task), ...owner };
    w.emit(task.userTaskKey, { valueType: 'USER_TASK', intent: 'MIGRATED', value: migrated });
  }
  migrateEvents(w, plan, row, target);
}

function migrateVariables(
  w: Work,
  row: ElementRow,
  definition: { readonly bpmnProcessId: string; readonly processDefinitionKey: number },
): void {
  const variables = variablesOf(w.state, row.key);
  for (const name of variables?.values.keys() ?? []) {
    const { processInstanceKey } = row;
    const value = { name, value: 'null', scopeKey: row.key, processInstanceKey, ...definition };
    const key = variableKey(variables?.values, variables?.keys, name);
    w.emit(key, { valueType: 'VARIABLE', intent: 'MIGRATED', value });
  }
}

/** Events of a mapped catch event go on; others are closed, and what is new in the target is opened. */
function migrateEvents(w: Work, plan: Plan, row: ElementRow, target: GraphElement): void {
  const { bpmnProcessId, processDefinitionKey } = plan.target;
  const definition = { bpmnProcessId, processDefinitionKey };
  const targetId = (id: string) => (id === row.elementId ? target.id : plan.mapping.get(id));
  unsubscribe(w, row.key, (id) => targetId(id) === undefined);
  const kept = new Set<string>();
  const keep = (id: string): string => {
    const to = targetId(id) ?? id;
    kept.add(to);
    return to;
  };
  const timers = timersOf(w, row.key);
  const messages = messageSubscriptionsOf(w, row.key).filter(({ closing }) => !closing);
  const signals = signalSubscriptionsOf(w, row.key);
  const conditionals = conditionalSubscriptionsOf(w, row.key);
  const moved = {
    timers: timers.map((timer) => ({ timer, to: keep(timer.targetElementId) })),
    messages: messages.map((message) => ({ message, to: keep(message.value.elementId) })),
    signals: signals.map((signal) => ({ signal, to: keep(signal.catchEventId) })),
    conditionals: conditionals.map((one) => ({ one, to: keep(one.catchEventId) })),
  };
  const migrated = w.element(row.key) ?? row;
  if (row.state === 'ACTIVATED') {
    // What a mapped event has waited for is not opened anew, even if it has already acted.
    const mapped = new Set(plan.mapping.values());
    const added = targetEvents(w, plan, row, target).filter(
      ({ id }) => !kept.has(id) && (id === target.id || !mapped.has(id)),
    );
    subscribe(w, migrated, added);
  }
  for (const { timer, to } of moved.timers)
    w.emit(timer.key, {
      valueType: 'TIMER',
      intent: 'MIGRATED',
      value: { ...timerValue(timer), ...definition, targetElementId: to },
    });
  for (const { message, to } of moved.messages) {
    const interrupting = plan.graph.elements[to]?.interrupting ?? true;
    const value = { ...message.value, ...definition, elementId: to, interrupting };
    w.emit(message.key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'MIGRATED', value });
  }
  for (const { signal, to } of moved.signals) {
    const { key, startOf: _startOf, ...value } = signal;
    const migratedSignal = { ...value, ...definition, catchEventId: to };
    w.emit(key, { valueType: 'SIGNAL_SUBSCRIPTION', intent: 'MIGRATED', value: migratedSignal });
  }
  // The condition stays as it was: a migrated event goes on waiting for what it waited for.
  for (const { one, to } of moved.conditionals) {
    const interrupting = plan.graph.elements[to]?.interrupting ?? true;
    const value = { ...subscriptionValue(one), ...definition, catchEventId: to, interrupting };
    w.emit(one.key, { valueType: 'CONDITIONAL_SUBSCRIPTION', intent: 'MIGRATED', value });
  }
}
