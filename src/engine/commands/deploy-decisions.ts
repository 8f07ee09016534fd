import type { DecisionGraph } from '../../dmn/index.ts';
import { latestDecision, latestRequirements } from '../behaviors/decisions.ts';
import type { Work } from '../processing/work.ts';
import type { DecisionMetadata, DecisionRequirementsMetadata } from '../records/decision.ts';
import type { ResourceValue } from '../records/record.ts';

/** A graph of decisions that is going to be deployed. */
export interface DeployedDecisions {
  readonly metadata: DecisionRequirementsMetadata;
  readonly decisions: readonly DecisionMetadata[];
  readonly graph: DecisionGraph;
  readonly resource: string;
}

export function decisionsOf(
  w: Work,
  resource: ResourceValue,
  deploymentKey: number,
): readonly DeployedDecisions[] {
  const { resourceName, checksum, decisions: graph } = resource;
  if (graph === undefined) return [];
  const latest = latestRequirements(w, graph.id);
  const known = graph.decisions.map(({ id }) => latestDecision(w, id));
  // A decision that was deployed with another graph meanwhile makes the graph new.
  const isDuplicate =
    latest?.checksum === checksum &&
    latest.resourceName === resourceName &&
    known.every((row) => row?.decisionRequirementsKey === latest.decisionRequirementsKey);
  if (latest === undefined || !isDuplicate) return [newDecisions(w, graph, resource, deploymentKey)];
  const { graph: _graph, resource: _resource, ...metadata } = latest;
  const decisions = known.flatMap((row) => (row === undefined ? [] : [{ ...row, isDuplicate }]));
  return [{ metadata: { ...metadata, isDuplicate }, decisions, graph, resource: resource.resource }];
}

/** What is unchanged gets a new version too if anything else of its deployment changed. */
export function renewDecisions(
  w: Work,
  deployed: DeployedDecisions,
  deploymentKey: number,
): DeployedDecisions {
  const { metadata, graph, resource } = deployed;
  if (!metadata.isDuplicate) return deployed;
  const { resourceName, checksum } = metadata;
  return newDecisions(w, graph, { resourceName, checksum, resource }, deploymentKey);
}

function newDecisions(
  w: Work,
  graph: DecisionGraph,
  { resourceName, checksum, resource }: Pick<ResourceValue, 'resourceName' | 'checksum' | 'resource'>,
  deploymentKey: number,
): DeployedDecisions {
  const metadata: DecisionRequirementsMetadata = {
    decisionRequirementsId: graph.id,
    decisionRequirementsName: graph.name,
    decisionRequirementsVersion: (latestRequirements(w, graph.id)?.decisionRequirementsVersion ?? 0) + 1,
    decisionRequirementsKey: w.nextKey(),
    resourceName,
    checksum,
    isDuplicate: false,
  };
  const decisions = graph.decisions.map(
    ({ id, name, versionTag }): DecisionMetadata => ({
      decisionId: id,
      decisionName: name,
      version: (latestDecision(w, id)?.version ?? 0) + 1,
      decisionKey: w.nextKey(),
      decisionRequirementsId: graph.id,
      decisionRequirementsKey: metadata.decisionRequirementsKey,
      isDuplicate: false,
      deploymentKey,
      versionTag: versionTag ?? '',
    }),
  );
  return { metadata, decisions, graph, resource };
}

export function createDecisions(w: Work, { metadata, decisions, graph, resource }: DeployedDecisions): void {
  w.emit(metadata.decisionRequirementsKey, {
    valueType: 'DECISION_REQUIREMENTS',
    intent: 'CREATED',
    value: { ...metadata, resource, graph },
  });
  for (const value of decisions)
    w.emit(value.decisionKey, { valueType: 'DECISION', intent: 'CREATED', value });
}

/** Zeebe's complaints about ids of graphs and decisions that two resources of one deployment share. */
export function duplicateDecisionIds(resources: readonly ResourceValue[]): readonly string[] {
  const problems: string[] = [];
  const graphs = new Map<string, string>();
  const decisions = new Map<string, string>();
  for (const { resourceName, decisions: graph } of resources) {
    if (graph === undefined) continue;
    const other = graphs.get(graph.id);
    if (other !== undefined) {
      problems.push(complaint('decision requirements ids', graph.id, other, resourceName));
      continue;
    }
    graphs.set(graph.id, resourceName);
    const taken = graph.decisions.find(({ id }) => decisions.has(id));
    if (taken !== undefined)
      problems.push(complaint('decision ids', taken.id, decisions.get(taken.id) ?? '', resourceName));
    for (const { id } of graph.decisions) decisions.set(id, resourceName);
  }
  return problems;
}

function complaint(ids: string, id: string, other: string, resourceName: string): string {
  return (
    `Expected the ${ids} to be unique within a deployment but found a duplicated id '${id}' in the resources ` +
    `'${other}' and '${resourceName}'.`
  );
}
