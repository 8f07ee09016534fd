import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import { ELEMENTS, type ElementRow, TAKEN_FLOWS } from '../state/tables.ts';

export interface WaitingJoin {
  readonly gateway: GraphElement;
  /** Incoming flows that were taken at least once. */
  readonly waiting: number;
}

/** Inclusive gateways of a scope at which tokens wait. */
export function waitingInclusiveJoins(w: Work, scope: ElementRow): readonly WaitingJoin[] {
  if (scope.activeFlows === 0) return [];
  const counts = new Map<string, number>();
  for (const row of w.state.scan(TAKEN_FLOWS, 'byGateway', [scope.key]))
    counts.set(row.gatewayId, (counts.get(row.gatewayId) ?? 0) + 1);
  const graph = w.graph(scope.processDefinitionKey);
  return [...counts]
    .map(([id, waiting]) => ({ gateway: modelOf(graph, id), waiting }))
    .filter(({ gateway }) => gateway.type === 'INCLUSIVE_GATEWAY');
}

/**
 * Whether something that runs in the scope may still come to the gateway over an incoming flow that was not taken
 * yet. Documented for Camunda 8.9; 8.6 did not look again when another branch ended elsewhere.
 */
export function canReach(w: Work, scope: ElementRow, gateway: GraphElement): boolean {
  const graph = w.graph(scope.processDefinitionKey);
  const taken = new Set<string>();
  for (const row of w.state.scan(TAKEN_FLOWS, 'byGateway', [scope.key, gateway.id])) taken.add(row.flowId);
  const sources = new Set<string>();
  const open = gateway.incoming
    .filter((flow) => !taken.has(flow))
    .map((flow) => graph.flows[flow]?.source ?? '');
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === '' || sources.has(id) || id === gateway.id) continue;
    sources.add(id);
    const element = modelOf(graph, id);
    for (const flow of element.incoming) open.push(graph.flows[flow]?.source ?? '');
    if (element.attachedTo !== undefined) open.push(element.attachedTo);
    if (element.linkName !== undefined && element.type === 'INTERMEDIATE_CATCH_EVENT') {
      for (const other of Object.values(graph.elements)) {
        if (other.linkName === element.linkName && other.type === 'INTERMEDIATE_THROW_EVENT')
          open.push(other.id);
      }
    }
  }
  for (const child of w.state.scan(ELEMENTS, 'byScope', [scope.key]))
    if (sources.has(child.elementId)) return true;
  // Flows taken whose targets are not active yet: tokens at other joins, and activations still to be done.
  for (const row of w.state.scan(TAKEN_FLOWS, 'byGateway', [scope.key]))
    if (row.gatewayId !== gateway.id && sources.has(row.gatewayId)) return true;
  return w.hasPendingActivation(scope, sources);
}
