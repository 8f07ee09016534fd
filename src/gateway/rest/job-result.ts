import type { UserTaskCorrections, UserTaskJobResult } from '../../engine/records/job-result.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';

/** `result` of a job's completion, as far as it concerns a user task; undefined for other jobs. */
export function jobResultOf(result: Fields | undefined): UserTaskJobResult | undefined {
  if (result === undefined) return undefined;
  const type = result.string('type') ?? 'userTask';
  if (type !== 'userTask') return undefined;
  const denied = result.boolean('denied') ?? false;
  const deniedReason = result.string('deniedReason') ?? '';
  const corrections = correctionsOf(result.object('corrections'));
  result.end();
  return { type, denied, deniedReason, corrections, correctedAttributes: Object.keys(corrections) };
}

function correctionsOf(fields: Fields | undefined): UserTaskCorrections {
  if (fields === undefined) return {};
  const priority = fields.integer('priority');
  if (priority !== undefined && (priority < 0 || priority > 100))
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for priority is '${priority}' but must be within the [0,100] range.`,
    );
  const named = {
    assignee: fields.string('assignee'),
    candidateGroupsList: fields.strings('candidateGroups'),
    candidateUsersList: fields.strings('candidateUsers'),
    dueDate: fields.string('dueDate'),
    followUpDate: fields.string('followUpDate'),
    priority,
  };
  fields.end();
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
