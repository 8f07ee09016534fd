import type { DecisionGraph } from '../../../dmn/index.ts';
import type { DecisionMetadata, DecisionRequirementsMetadata } from '../../records/decision.ts';
import {
  DECISION_TAGS,
  DECISIONS,
  decisionTagId,
  LATEST_DECISIONS,
  LATEST_REQUIREMENTS,
  REQUIREMENTS,
} from '../decision-tables.ts';
import type { StatePort, TableSpec } from '../port.ts';
import type { LatestRow } from '../tables.ts';

export function applyDecision(
  state: StatePort,
  intent: 'CREATED' | 'DELETED',
  value: DecisionMetadata,
): void {
  const { isDuplicate: _, ...row } = value;
  const tag = row.versionTag === '' ? undefined : decisionTagId(row.decisionId, row.versionTag);
  if (intent === 'CREATED') {
    state.put(DECISIONS, row);
    if (tag !== undefined) state.put(DECISION_TAGS, { id: tag, decisionKey: row.decisionKey });
  } else {
    state.delete(DECISIONS, row.decisionKey);
    if (tag !== undefined) state.delete(DECISION_TAGS, tag);
  }
  const latest = [...state.scan(DECISIONS, 'byVersion', [row.decisionId])].at(-1);
  setLatest(state, LATEST_DECISIONS, row.decisionId, latest?.version, latest?.decisionKey);
}

export function applyRequirements(
  state: StatePort,
  intent: 'CREATED' | 'DELETED',
  value: DecisionRequirementsMetadata & { readonly resource: string; readonly graph: DecisionGraph },
): void {
  const { isDuplicate: _, ...row } = value;
  const { decisionRequirementsId: id } = row;
  if (intent === 'CREATED') {
    state.put(REQUIREMENTS, row);
    setLatest(state, LATEST_REQUIREMENTS, id, row.decisionRequirementsVersion, row.decisionRequirementsKey);
    return;
  }
  state.delete(REQUIREMENTS, row.decisionRequirementsKey);
  const left = [...state.scan(REQUIREMENTS, 'byVersion', [id])].at(-1);
  setLatest(state, LATEST_REQUIREMENTS, id, left?.decisionRequirementsVersion, left?.decisionRequirementsKey);
}

function setLatest(
  state: StatePort,
  table: TableSpec<LatestRow>,
  id: string,
  version: number | undefined,
  key: number | undefined,
): void {
  if (version === undefined || key === undefined) state.delete(table, id);
  else state.put(table, { id, lastVersion: version, latestKey: key });
}
