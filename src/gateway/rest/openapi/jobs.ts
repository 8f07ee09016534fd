import { COLLECTIONS } from '../../../history/index.ts';
import { type JsonSchema, nullable, SHOWN, shown, shownList, shownWord } from '../schema.ts';

/** Schemas of jobs as workers get them, and of what they decide. */

const { kind, listenerEventType } = COLLECTIONS.jobs.fields;

const USER_TASK = shown({
  action: SHOWN.text,
  assignee: SHOWN.nullableText,
  candidateGroups: SHOWN.texts,
  candidateUsers: SHOWN.texts,
  changedAttributes: SHOWN.texts,
  dueDate: SHOWN.nullableText,
  followUpDate: SHOWN.nullableText,
  formKey: SHOWN.nullableKey,
  priority: SHOWN.nullableInt,
  userTaskKey: SHOWN.nullableKey,
});

export const ACTIVATED = shown({
  jobs: shownList(
    shown({
      jobKey: SHOWN.key,
      type: SHOWN.text,
      processInstanceKey: SHOWN.key,
      rootProcessInstanceKey: SHOWN.nullableKey,
      processDefinitionId: SHOWN.text,
      processDefinitionVersion: SHOWN.int,
      processDefinitionKey: SHOWN.key,
      elementId: SHOWN.text,
      elementInstanceKey: SHOWN.key,
      customHeaders: SHOWN.object,
      worker: SHOWN.text,
      retries: SHOWN.int,
      deadline: { ...SHOWN.int, description: 'epoch ms' },
      variables: SHOWN.object,
      tenantId: SHOWN.text,
      kind: shownWord(...kind.values),
      listenerEventType: shownWord(...listenerEventType.values),
      userTask: nullable(USER_TASK),
      tags: SHOWN.texts,
    }),
  ),
});

const TEXT: JsonSchema = { type: 'string' };
const TEXTS: JsonSchema = { type: 'array', items: TEXT };

/** What the worker of a task listener or of an ad-hoc subprocess decided. */
export const JOB_RESULT: JsonSchema = {
  oneOf: [
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        type: { type: 'string', enum: ['userTask'], default: 'userTask' },
        denied: { type: 'boolean', default: false },
        deniedReason: TEXT,
        corrections: {
          type: 'object',
          additionalProperties: false,
          properties: {
            assignee: TEXT,
            candidateGroups: TEXTS,
            candidateUsers: TEXTS,
            dueDate: { type: 'string', format: 'date-time' },
            followUpDate: { type: 'string', format: 'date-time' },
            priority: { type: 'integer', minimum: 0, maximum: 100 },
          },
        },
      },
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        type: { type: 'string', enum: ['adHocSubProcess'] },
        activateElements: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            properties: { elementId: TEXT, variables: SHOWN.object },
          },
        },
        isCompletionConditionFulfilled: { type: 'boolean', default: false },
        isCancelRemainingInstances: { type: 'boolean', default: false },
      },
      required: ['type'],
    },
  ],
};
