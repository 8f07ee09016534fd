import { type FeelValue, fromJson } from '../../feel/index.ts';
import type { Work } from '../processing/work.ts';
import { CLUSTER_VARIABLES } from '../state/cluster-variables.ts';

/** The variable that holds the others; a variable of the process with this name hides them all. */
export const CLUSTER_ROOT = 'camunda';

/** What expressions see as `camunda`: the same variables as `vars.cluster` and, merged over all scopes, as `vars.env`. */
export function clusterVariables(w: Work): FeelValue | undefined {
  const members = Array.from(
    w.state.scan(CLUSTER_VARIABLES, 'byName', []),
    ({ name, value }) => `${JSON.stringify(name)}:${value}`,
  );
  if (members.length === 0) return undefined;
  const all = `{${members.join(',')}}`;
  return fromJson(`{"vars":{"cluster":${all},"env":${all}}}`);
}
