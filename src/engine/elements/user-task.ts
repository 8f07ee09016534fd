import type { UserTaskDefinition } from '../../bpmn/graph.ts';
import { FeelDateTime } from '../../feel/index.ts';
import { boundForm } from '../behaviors/definitions.ts';
import {
  evaluateGiven,
  evaluateInteger,
  evaluateString,
  evaluateStringList,
  sourceText,
  valueOfText,
  wrongType,
} from '../behaviors/expressions.ts';
import { ownerOf } from '../behaviors/incidents.ts';
import { ownEvents } from '../behaviors/model.ts';
import { subscribe } from '../behaviors/subscriptions.ts';
import { userTaskOf, userTaskValue } from '../behaviors/user-tasks.ts';
import { NO_VARIABLES } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import { PROCESSES } from '../state/tables.ts';
import { parseDateTime, parseFeelDateTime, zonedDateTimeText } from '../time/date-time.ts';
import { jobTask, startJob } from './job-task.ts';
import { closeAll } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { markActivated } from './transitions.ts';
import { beginTransition } from './user-task-transitions.ts';

const DEFAULT_PRIORITY = 50;

/** A task for people, managed by the engine, or left to a job worker. */
export const userTask: ElementProcessor = {
  ...jobTask,
  activated(w, at) {
    const { row, model } = at;
    const task = model.userTask ?? {};
    if (model.job !== undefined) return startJob(w, at, () => reservedHeaders(w, at, task));
    const attributes = evaluateAttributes(w, at, task);
    const priority = evaluatePriority(w, task, row.key);
    subscribe(w, row, ownEvents(w, row, model));
    const key = w.nextKey();
    const value = {
      ...ownerOf(row),
      userTaskKey: key,
      ...attributes,
      priority,
      action: '',
      customHeaders: model.userTask?.headers ?? {},
      changedAttributes: [],
      creationTimestamp: w.now,
      variables: NO_VARIABLES,
    };
    beginTransition(w, 'CREATING', value);
    markActivated(w, at);
  },
  terminate(w, at) {
    const task = userTaskOf(w, at.row.key);
    if (task === undefined) return jobTask.terminate(w, at);
    closeAll(w, at);
    // A modification asks no listener; its own record tells of the task.
    return at.byModification ? true : beginTransition(w, 'CANCELING', userTaskValue(task));
  },
};

function evaluateAttributes(w: Work, at: At, task: UserTaskDefinition) {
  const scopeKey = at.row.key;
  const text = (value: UserTaskDefinition['assignee']) =>
    value === undefined ? '' : evaluateGiven(w, value, scopeKey);
  const list = (value: UserTaskDefinition['candidateGroups']) => {
    if (value === undefined) return [];
    if (value.kind === 'feel') return evaluateStringList(w, value, scopeKey);
    return value.value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  };
  const date = (value: UserTaskDefinition['dueDate']) =>
    value === undefined ? '' : evaluateDate(w, value, scopeKey);
  return {
    assignee: text(task.assignee),
    candidateGroupsList: list(task.candidateGroups),
    candidateUsersList: list(task.candidateUsers),
    dueDate: date(task.dueDate),
    followUpDate: date(task.followUpDate),
    formKey: formOf(w, at, task),
    externalFormReference: text(task.externalFormReference),
  };
}

/** What a job worker is told of the people that a task is for; lists are JSON texts. */
function reservedHeaders(w: Work, at: At, task: UserTaskDefinition): Record<string, string> {
  const attributes = evaluateAttributes(w, at, task);
  const list = (text: UserTaskDefinition['candidateGroups'], items: readonly string[]) =>
    text === undefined ? '' : JSON.stringify(items);
  const linkedForm = attributes.formKey < 0 ? '' : String(attributes.formKey);
  const headers = {
    assignee: attributes.assignee,
    candidateGroups: list(task.candidateGroups, attributes.candidateGroupsList),
    candidateUsers: list(task.candidateUsers, attributes.candidateUsersList),
    dueDate: attributes.dueDate,
    followUpDate: attributes.followUpDate,
    formKey: task.formKey === undefined ? linkedForm : task.formKey,
  };
  const filled = Object.entries(headers).filter(([, value]) => value !== '');
  return Object.fromEntries(filled.map(([name, value]) => [`io.camunda.zeebe:${name}`, value]));
}

function evaluateDate(w: Work, text: NonNullable<UserTaskDefinition['dueDate']>, scopeKey: number): string {
  const result = valueOfText(w, text, scopeKey);
  const { value } = result;
  if (value === null || value === '') return '';
  const iso = value instanceof FeelDateTime ? value.toIso() : value;
  if (typeof iso !== 'string') {
    const complaint = wrongType(sourceText(text), "one of '[NULL, DATE_TIME, STRING]'", result);
    throw new IncidentError('EXTRACT_VALUE_ERROR', complaint, scopeKey);
  }
  const zoned =
    iso.endsWith(']') && value instanceof FeelDateTime ? parseFeelDateTime(iso) : parseDateTime(iso);
  if (zoned !== undefined) return zonedDateTimeText(iso);
  const reason = `Invalid date-time format '${iso}' for expression '${sourceText(text)}'.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', reason, scopeKey);
}

function evaluatePriority(w: Work, task: UserTaskDefinition, scopeKey: number): number {
  if (task.priority === undefined) return DEFAULT_PRIORITY;
  const priority = evaluateInteger(w, task.priority, scopeKey);
  if (priority >= 0 && priority <= 100) return priority;
  const reason = `Expected priority to be in the range [0,100] but was '${priority}'.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', reason, scopeKey);
}

function formOf(w: Work, at: At, { form }: UserTaskDefinition): number {
  if (form === undefined) return -1;
  const id = evaluateString(w, form.formId, at.row.key);
  const found = boundForm(w, id, form.binding, at.row.processDefinitionKey);
  if (found !== undefined) return found.formKey;
  throw new IncidentError('FORM_NOT_FOUND', missingForm(w, at, id, form.binding));
}

function missingForm(
  w: Work,
  at: At,
  id: string,
  binding: NonNullable<UserTaskDefinition['form']>['binding'],
): string {
  switch (binding.kind) {
    case 'latest':
      return (
        `Expected to find a form with id '${id}', but no form with this id is found, at least a form with this id ` +
        `should be available. To resolve the Incident please deploy a form with the same id`
      );
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, at.row.processDefinitionKey)?.deploymentKey ?? -1;
      return (
        `Expected to use a form with id '${id}' with binding type 'deployment', but no such form found in the ` +
        `deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate ` +
        `the process instance to a process definition that is deployed together with the intended form to use.`
      );
    }
    case 'versionTag':
      return (
        `Expected to use a form with id '${id}' and version tag '${binding.tag}', but no such form found. To resolve ` +
        `the incident, deploy a form with the given id and version tag.\n`
      );
  }
}
