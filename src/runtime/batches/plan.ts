import type { ClientCommand, MigrationRequest } from '../../engine/records/command.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { INCIDENTS, JOBS } from '../../engine/state/tables.ts';

/** What a batch operation does with each of its items. */
export type BatchPlan =
  | {
      readonly type:
        | 'CANCEL_PROCESS_INSTANCE'
        | 'RESOLVE_INCIDENT'
        | 'DELETE_PROCESS_INSTANCE'
        | 'DELETE_DECISION_INSTANCE';
    }
  | { readonly type: 'MIGRATE_PROCESS_INSTANCE'; readonly migration: MigrationRequest }
  | {
      readonly type: 'MODIFY_PROCESS_INSTANCE';
      readonly moves: readonly { readonly sourceElementId: string; readonly targetElementId: string }[];
    };

/** The commands that carry out a plan on one item, in order; the item has failed if one of them is rejected. */
export function commandsOf(plan: BatchPlan, key: number, state: StatePort): readonly ClientCommand[] {
  switch (plan.type) {
    case 'CANCEL_PROCESS_INSTANCE':
      return [{ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key }];
    case 'RESOLVE_INCIDENT':
      return [...moreRetries(key, state), { valueType: 'INCIDENT', intent: 'RESOLVE', key }];
    case 'MIGRATE_PROCESS_INSTANCE':
      return [{ valueType: 'PROCESS_INSTANCE_MIGRATION', intent: 'MIGRATE', key, value: plan.migration }];
    case 'MODIFY_PROCESS_INSTANCE':
      return [
        {
          valueType: 'PROCESS_INSTANCE_MODIFICATION',
          intent: 'MODIFY',
          key,
          value: {
            activate: [],
            terminate: [],
            move: plan.moves.map(({ sourceElementId, targetElementId }) => ({
              source: { elementId: sourceElementId },
              targetElementId,
              ancestor: { kind: 'inferred' },
              variables: [],
            })),
          },
        },
      ];
    case 'DELETE_PROCESS_INSTANCE':
    case 'DELETE_DECISION_INSTANCE': {
      const resourceType = plan.type === 'DELETE_PROCESS_INSTANCE' ? 'PROCESS_INSTANCE' : 'DECISION_INSTANCE';
      return [{ valueType: 'HISTORY_DELETION', intent: 'DELETE', value: { resourceKey: key, resourceType } }];
    }
  }
}

/** A job without retries gets one, else its incident could not be resolved; Camunda's batches do the same. */
function moreRetries(incidentKey: number, state: StatePort): readonly ClientCommand[] {
  const jobKey = state.get(INCIDENTS, incidentKey)?.jobKey ?? -1;
  const job = jobKey < 0 ? undefined : state.get(JOBS, jobKey);
  if (job === undefined || job.value.retries > 0) return [];
  return [{ valueType: 'JOB', intent: 'UPDATE_RETRIES', key: jobKey, value: { retries: 1 } }];
}
