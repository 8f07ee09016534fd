import { brokenIncidentOf, raiseBroken } from '../behaviors/incidents.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { type ElementRow, JOBS, TIMERS, USER_TASKS } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

type Creation = Extract<CommandOf<'INCIDENT'>, { readonly intent: 'CREATE' }>;

/** Shows that a command broke, at the element that it was for: once, however often it is asked for again. */
export function raiseIncident(w: Work, { command, cause }: Creation['value']): Accepted {
  const row = elementOf(w, command);
  if (row === undefined) {
    const reason = `Expected to find the element that ${command.valueType} ${command.intent} was for, but there is none`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const known = brokenIncidentOf(w, row.key);
  if (known !== undefined)
    throw new Rejection(
      'ALREADY_EXISTS',
      `Element '${row.elementId}' has incident ${known.key} for it already`,
    );
  raiseBroken(w, row, `Unexpected error in ${command.valueType} ${command.intent}: ${cause}`, null);
  return { key: row.key, value: NOTHING };
}

function elementOf(w: Work, { valueType, key = -1 }: Creation['value']['command']): ElementRow | undefined {
  switch (valueType) {
    case 'JOB':
      return w.element(w.state.get(JOBS, key)?.value.elementInstanceKey ?? -1);
    case 'TIMER':
      return w.element(w.state.get(TIMERS, key)?.elementInstanceKey ?? -1);
    case 'USER_TASK':
      return w.element(w.state.get(USER_TASKS, key)?.elementInstanceKey ?? -1);
    case 'PROCESS_INSTANCE':
    case 'PROCESS_INSTANCE_MODIFICATION':
    case 'PROCESS_INSTANCE_MIGRATION':
    case 'VARIABLE_DOCUMENT':
      return w.element(key);
    default:
      // Whoever resolves an incident sees it; the others name no element.
      return undefined;
  }
}
