import type { JobResult } from '../../engine/records/command.ts';
import type { UserTaskCorrections, UserTaskJobResult } from '../../engine/records/job-result.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { adHocResultOf } from './ad-hoc.ts';

/** `result` of a job's completion: what the worker of a task listener or of an ad-hoc subprocess decided. */
export function jobResultOf(result: Fields | undefined): JobResult | undefined {
  if (result === undefined) return undefined;
  const type = result.string('type') ?? 'userTask';
  switch (type) {
    case 'userTask':
      return userTaskResultOf(result);
    case 'adHocSubProcess':
      return adHocResultOf(result);
    default:
      throw new GatewayError(
        'INVALID_ARGUMENT',
        `Unexpected value '${type}' for result.type; expected one of 'userTask', 'adHocSubProcess'.`,
      );
  }
}

function userTaskResultOf(result: Fields): UserTaskJobResult {
  const denied = result.boolean('denied') ?? false;
  const deniedReason = result.string('deniedReason') ?? '';
  const corrections = correctionsOf(result.object('corrections'));
  result.end();
  return {
    type: 'userTask',
    denied,
    deniedReason,
    corrections,
    correctedAttributes: Object.keys(corrections),
  };
}

function correctionsOf(fields: Fields | undefined): UserTaskCorrections {
  if (fields === undefined) return {};
  const priority = fields.integer('priority');
  refusePriority(priority);
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

/** The engine would take any. */
export function refusePriority(priority: number | undefined): void {
  if (priority !== undefined && (priority < 0 || priority > 100))
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for priority is '${priority}' but must be within the [0,100] range.`,
    );
}
