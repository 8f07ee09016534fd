import type { Route } from '../http.ts';
import { command } from './command.ts';
import type { GatewayContext } from './context.ts';
import { filledText, flag, read, text, variables } from './shape.ts';
import { updateProblem } from './user-task-request.ts';

const TAG = 'User task';

/** Attributes that cannot be changed are ignored, as Camunda's API says. */
const changeset = read(
  {
    type: 'object',
    properties: {
      candidateGroups: { type: 'array', items: { type: 'string' } },
      candidateUsers: { type: 'array', items: { type: 'string' } },
      dueDate: { type: 'string', format: 'date-time' },
      followUpDate: { type: 'string', format: 'date-time' },
      priority: { type: 'integer', minimum: 0, maximum: 100 },
    },
  },
  (fields, name) => {
    const changes = fields.object(name);
    return defined({
      candidateGroups: changes?.strings('candidateGroups'),
      candidateUsers: changes?.strings('candidateUsers'),
      dueDate: changes?.string('dueDate'),
      followUpDate: changes?.string('followUpDate'),
      priority: changes?.integer('priority'),
    });
  },
);

/** Completing, assigning and changing user tasks. Answered when the listeners of the task have let it happen. */
export function userTaskRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    command(runtime, {
      id: 'completeUserTask',
      tag: TAG,
      summary: 'Completes a user task.',
      path: '/v2/user-tasks/:userTaskKey/completion',
      body: { variables: variables(), action: text() },
      command: ({ body, key }) => ({
        valueType: 'USER_TASK',
        intent: 'COMPLETE',
        key,
        value: { variables: body.variables, action: body.action ?? '' },
      }),
    }),
    command(runtime, {
      id: 'assignUserTask',
      tag: TAG,
      summary: 'Assigns a user task.',
      path: '/v2/user-tasks/:userTaskKey/assignment',
      body: { assignee: filledText(), allowOverride: flag(true), action: text() },
      command: ({ body, key }) => ({
        valueType: 'USER_TASK',
        intent: body.allowOverride ? 'ASSIGN' : 'CLAIM',
        key,
        value: { action: body.action ?? '', assignee: body.assignee },
      }),
    }),
    command(runtime, {
      id: 'unassignUserTask',
      tag: TAG,
      summary: 'Takes a user task from its assignee.',
      method: 'DELETE',
      path: '/v2/user-tasks/:userTaskKey/assignee',
      command: ({ key }) => ({
        valueType: 'USER_TASK',
        intent: 'ASSIGN',
        key,
        value: { action: 'unassign', assignee: '' },
      }),
    }),
    command(runtime, {
      id: 'updateUserTask',
      tag: TAG,
      summary: 'Changes attributes of a user task.',
      method: 'PATCH',
      path: '/v2/user-tasks/:userTaskKey',
      body: { changeset, action: text() },
      check: (body) => {
        const problem = updateProblem(body.changeset, body.action);
        return problem === undefined ? [] : [problem];
      },
      command: ({ body, key }) => ({
        valueType: 'USER_TASK',
        intent: 'UPDATE',
        key,
        value: { action: body.action ?? '', changes: body.changeset },
      }),
    }),
  ];
}

function defined<T extends object>(members: { [Name in keyof T]: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
