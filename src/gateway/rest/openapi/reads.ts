import { type CollectionName, USER_TASK_AUDIT_FILTER } from '../../../history/index.ts';
import { type JsonSchema, SHOWN, shown, shownList } from '../schema.ts';
import { KEY_SCHEMA } from '../shape.ts';
import { filterSchema, resultSchema, rowSchema, searchSchema } from './collections.ts';
import { statistics } from './statistics.ts';

/** What the document says of reads that belong to one entity, and of statistics. */
export interface DescribedRead {
  readonly id: string;
  readonly summary: string;
  readonly answer: JsonSchema;
  /** Of the answer. @defaultValue application/json */
  readonly type?: string;
  readonly body?: JsonSchema;
  readonly bodyRequired?: true;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly queryRequired?: readonly string[];
  /** There may be nothing to show. */
  readonly mayBeEmpty?: true;
}

/** Whether long values of variables are cut. */
export const TRUNCATES = { truncateValues: { ...SHOWN.flag, default: true } };

/** By method and path below `/v2`. */
export function describedReads(): Readonly<Record<string, DescribedRead>> {
  const search = (name: CollectionName, options?: Parameters<typeof searchSchema>[1]) => ({
    body: searchSchema(name, options),
    answer: resultSchema(name),
  });
  const xml = { answer: SHOWN.text, type: 'text/xml' };
  const form = { answer: rowSchema('forms', true), mayBeEmpty: true } as const;
  const elements = shown({ items: shownList(rowSchema('elementStatistics', false)) });
  return {
    'GET /process-definitions/:processDefinitionKey/xml': {
      id: 'getProcessDefinitionXML',
      summary: 'The model of a process.',
      ...xml,
    },
    'GET /process-definitions/:processDefinitionKey/form': {
      id: 'getStartProcessForm',
      summary: 'The form that starts a process.',
      ...form,
    },
    'GET /decision-definitions/:decisionDefinitionKey/xml': {
      id: 'getDecisionDefinitionXML',
      summary: 'The model of a decision.',
      ...xml,
    },
    'GET /decision-requirements/:decisionRequirementsKey/xml': {
      id: 'getDecisionRequirementsXML',
      summary: 'The model of a graph of decisions.',
      ...xml,
    },
    'GET /resources/:resourceKey/content': {
      id: 'getResourceContent',
      summary: 'What was deployed.',
      answer: SHOWN.text,
      type: '*/*',
    },
    'GET /process-instances/:processInstanceKey/call-hierarchy': {
      id: 'getProcessInstanceCallHierarchy',
      summary: 'An instance and those that called it.',
      answer: shownList(
        shown({
          processInstanceKey: SHOWN.key,
          processDefinitionKey: SHOWN.key,
          processDefinitionName: SHOWN.text,
        }),
      ),
    },
    'GET /process-instances/:processInstanceKey/sequence-flows': {
      id: 'getProcessInstanceSequenceFlows',
      summary: 'The sequence flows that an instance took.',
      answer: shown({
        items: shownList(
          shown({
            sequenceFlowId: SHOWN.text,
            processInstanceKey: SHOWN.key,
            rootProcessInstanceKey: SHOWN.nullableKey,
            processDefinitionKey: SHOWN.key,
            processDefinitionId: SHOWN.text,
            elementId: SHOWN.text,
            tenantId: SHOWN.text,
          }),
        ),
      }),
    },
    'POST /process-instances/:processInstanceKey/incidents/search': {
      id: 'searchProcessInstanceIncidents',
      summary: 'Incidents of an instance and of those that it called.',
      ...search('incidents'),
    },
    'POST /element-instances/:elementInstanceKey/incidents/search': {
      id: 'searchElementInstanceIncidents',
      summary: 'Incidents of an element instance and of what is inside it.',
      ...search('incidents'),
    },
    'GET /user-tasks/:userTaskKey/form': {
      id: 'getUserTaskForm',
      summary: 'The form of a user task.',
      ...form,
    },
    'POST /user-tasks/:userTaskKey/variables/search': {
      id: 'searchUserTaskVariables',
      summary: 'Variables that a user task sees.',
      query: TRUNCATES,
      ...search('variables', { filter: ['name'] }),
    },
    'POST /user-tasks/:userTaskKey/effective-variables/search': {
      id: 'searchUserTaskEffectiveVariables',
      summary: 'Variables that a user task sees, without those that inner ones hide.',
      query: TRUNCATES,
      ...search('variables', { filter: ['name'], paging: 'offset' }),
    },
    'POST /user-tasks/:userTaskKey/audit-logs/search': {
      id: 'searchUserTaskAuditLogs',
      summary: 'What was done with a user task.',
      ...search('auditLogs', { filter: USER_TASK_AUDIT_FILTER }),
    },
    'POST /process-definitions/:processDefinitionKey/statistics/element-instances': {
      id: 'getProcessDefinitionStatistics',
      summary: 'Numbers of element instances of a process, by element.',
      body: {
        type: 'object',
        additionalProperties: false,
        properties: { filter: filterSchema('processInstances') },
      },
      answer: elements,
    },
    'GET /process-instances/:processInstanceKey/statistics/element-instances': {
      id: 'getProcessInstanceStatistics',
      summary: 'Numbers of element instances of an instance, by element.',
      answer: elements,
    },
    ...statistics(),
  };
}

/** Of parameters in the path. */
export function parameterSchema(name: string): JsonSchema {
  return name.endsWith('Key') && name !== 'decisionEvaluationInstanceKey' ? KEY_SCHEMA : SHOWN.text;
}
