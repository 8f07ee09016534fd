import type { UserTaskRequest, UserTaskRequestIntent } from '../../engine/records/command.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, NO_CONTENT, type Route } from '../http.ts';
import type { GatewayContext } from './context.ts';
import { updateProblem } from './user-task-request.ts';

/** Completing, assigning and changing user tasks. Answered when the listeners of the task have let it happen. */
export function userTaskRoutes({ runtime }: GatewayContext): Route[] {
  const ask = async (
    request: GatewayRequest,
    intent: UserTaskRequestIntent,
    value: UserTaskRequest,
  ): Promise<GatewayResponse> => {
    const key = pathKey(request, 'userTaskKey');
    acceptedOf(await runtime.execute({ valueType: 'USER_TASK', intent, key, value }));
    return NO_CONTENT;
  };
  return [
    {
      method: 'POST',
      path: '/v2/user-tasks/:userTaskKey/completion',
      accepts: 'json',
      handler: (request) => {
        const body = Fields.ofBody(request);
        const value = { variables: body.document('variables'), action: body.string('action') ?? '' };
        body.end();
        return ask(request, 'COMPLETE', value);
      },
    },
    {
      method: 'POST',
      path: '/v2/user-tasks/:userTaskKey/assignment',
      accepts: 'json',
      handler: (request) => {
        const body = Fields.ofBody(request);
        const assignee = body.string('assignee') ?? '';
        const override = body.boolean('allowOverride') ?? true;
        const action = body.string('action') ?? '';
        body.end();
        if (assignee.trim() === '') throw new GatewayError('INVALID_ARGUMENT', 'No assignee provided');
        return ask(request, override ? 'ASSIGN' : 'CLAIM', { action, assignee });
      },
    },
    {
      method: 'DELETE',
      path: '/v2/user-tasks/:userTaskKey/assignee',
      accepts: 'any',
      handler: (request) => ask(request, 'ASSIGN', { action: 'unassign', assignee: '' }),
    },
    {
      method: 'PATCH',
      path: '/v2/user-tasks/:userTaskKey',
      accepts: 'json',
      handler: (request) => {
        const body = Fields.ofBody(request);
        const changeset = body.object('changeset');
        const action = body.string('action');
        // Attributes that cannot be changed are ignored, as Camunda's API says.
        const changes = defined({
          candidateGroups: changeset?.strings('candidateGroups'),
          candidateUsers: changeset?.strings('candidateUsers'),
          dueDate: changeset?.string('dueDate'),
          followUpDate: changeset?.string('followUpDate'),
          priority: changeset?.integer('priority'),
        });
        body.end();
        const problem = updateProblem(changes, action);
        if (problem !== undefined) throw new GatewayError('INVALID_ARGUMENT', problem);
        return ask(request, 'UPDATE', { action: action ?? '', changes });
      },
    },
  ];
}

function defined<T extends object>(members: { [Name in keyof T]: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
