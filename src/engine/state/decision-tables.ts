import type { DecisionGraph } from '../../dmn/index.ts';
import type { DecisionMetadata, DecisionRequirementsMetadata } from '../records/decision.ts';
import type { TableSpec } from './port.ts';
import type { LatestRow } from './tables.ts';

export type DecisionRow = Omit<DecisionMetadata, 'isDuplicate'>;
export const DECISIONS: TableSpec<DecisionRow> = {
  name: 'decisions',
  stable: true,
  key: 'decisionKey',
  indexes: {
    byVersion: ['decisionId', 'version'],
    byDeployment: ['decisionId', 'deploymentKey'],
    byRequirements: ['decisionRequirementsKey'],
  },
};

/**
 * Which version of a decision a version tag means: the one deployed last with it, until any version with the tag is
 * deleted. So does Zeebe, even if that version was not the last.
 */
export interface DecisionTagRow {
  /** See `decisionTagId`. */
  readonly id: string;
  readonly decisionKey: number;
}
export const DECISION_TAGS: TableSpec<DecisionTagRow> = { name: 'decision_tags', key: 'id', indexes: {} };

export function decisionTagId(decisionId: string, versionTag: string): string {
  return JSON.stringify([decisionId, versionTag]);
}

/** A deployed graph of decisions with its model. */
export type RequirementsRow = Omit<DecisionRequirementsMetadata, 'isDuplicate'> & {
  readonly resource: string;
  readonly graph: DecisionGraph;
};
export const REQUIREMENTS: TableSpec<RequirementsRow> = {
  name: 'decision_requirements',
  key: 'decisionRequirementsKey',
  indexes: { byVersion: ['decisionRequirementsId', 'decisionRequirementsVersion'] },
};

/** Unlike processes and forms, decisions use the versions of deleted ones again: `lastVersion` goes back too. */
export const LATEST_DECISIONS: TableSpec<LatestRow> = { name: 'latest_decisions', key: 'id', indexes: {} };
export const LATEST_REQUIREMENTS: TableSpec<LatestRow> = {
  name: 'latest_requirements',
  key: 'id',
  indexes: {},
};
