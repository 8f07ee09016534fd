import type { UserTaskRequest } from '../../engine/records/command.ts';

export type TaskChanges = NonNullable<UserTaskRequest['changes']>;

/** A date and time with offset, seconds optional, a zone beside it allowed. */
const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))(?:\[[^\]]+\])?$/;

const NOTHING_TO_DO =
  'No update data provided. Provide at least an "action" or a non-null value for a supported attribute in the "changeset".';

/** Why Camunda refuses an update of a user task before the engine sees it; undefined if it does not. */
export function updateProblem(changes: TaskChanges, action: string | undefined): string | undefined {
  const { dueDate, followUpDate, priority } = changes;
  if (action === undefined && Object.values(changes).every((change) => change === undefined))
    return NOTHING_TO_DO;
  const problems: string[] = [];
  const date = (name: string, value: string | undefined) => {
    if (value === undefined || value === '' || isDateTime(value)) return;
    problems.push(
      `The provided ${name} '${value}' cannot be parsed as a date according to RFC 3339, section 5.6.`,
    );
  };
  date('due date', dueDate);
  date('follow-up date', followUpDate);
  if (priority !== undefined && (priority < 0 || priority > 100))
    problems.push(`The value for priority is '${priority}' but must be within the [0,100] range.`);
  return problems.length === 0 ? undefined : problems.join(' ');
}

function isDateTime(text: string): boolean {
  const [, moment] = DATE_TIME.exec(text) ?? [];
  return moment !== undefined && !Number.isNaN(Date.parse(moment));
}
