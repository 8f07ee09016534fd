import type { ClientCommand } from '../../engine/records/command.ts';
import { type TaskChanges, updateProblem } from '../../gateway/rest/user-task-request.ts';
import { adHocActivation } from './ad-hoc.ts';
import { documentOf, RefusedError } from './document.ts';
import type { Json, JsonObject } from './format.ts';
import { jobResult } from './job-result.ts';
import { NO_SUCH_KEY, type Session, UnsupportedStepError } from './session.ts';

interface Where {
  readonly element: string;
  readonly instance?: string;
  /** From the oldest, from 1; in a multi-instance the body comes first. */
  readonly nth?: number;
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

function instanceOf(session: Session, where: Where): number | undefined {
  return where.instance === undefined ? undefined : session.instanceKey(where.instance);
}

function elementKey(session: Session, where: Where): number {
  const { nth = 1 } = where;
  return session.tracker.activeElement(where.element, instanceOf(session, where), { nth }) ?? NO_SUCH_KEY;
}

/** In a multi-instance the ad-hoc subprocess is meant, not the body around it. */
function adHocKey(session: Session, where: Where): number {
  const instanceKey = instanceOf(session, where);
  const found = session.tracker.activeElement(where.element, instanceKey, { type: 'AD_HOC_SUB_PROCESS' });
  return found ?? elementKey(session, where);
}

/** The engine's command for a step that is just one. */
export function commandOf(session: Session, verb: string, value: never, step: JsonObject): ClientCommand {
  const { tracker } = session;
  switch (verb) {
    case 'cancel':
      return { valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: session.instanceKey(value) };
    case 'publish': {
      const { name, correlationKey, timeToLive, messageId, variables } = value as JsonObject;
      const message = { name: text(name), correlationKey: text(correlationKey), messageId: text(messageId) };
      const request = { ...message, timeToLive: number(timeToLive), variables: documentOf(variables) };
      return { valueType: 'MESSAGE', intent: 'PUBLISH', value: request };
    }
    case 'correlate': {
      const { name, correlationKey, variables } = value as JsonObject;
      if (text(name) === '') throw new RefusedError('No messageName provided.');
      const request = {
        name: text(name),
        correlationKey: text(correlationKey),
        variables: documentOf(variables),
      };
      return { valueType: 'MESSAGE_CORRELATION', intent: 'CORRELATE', value: request };
    }
    case 'signal': {
      const { signalName, variables } = value as JsonObject;
      const request = { signalName: text(signalName), variables: documentOf(variables) };
      return { valueType: 'SIGNAL', intent: 'BROADCAST', value: request };
    }
    case 'createClusterVariable': {
      const { name, value: content } = value as JsonObject;
      const request = { name: text(name), value: JSON.stringify(content) };
      return { valueType: 'CLUSTER_VARIABLE', intent: 'CREATE', value: request };
    }
    case 'evaluateConditional': {
      const { bpmnProcessId, version, variables } = value as JsonObject;
      const processDefinitionKey =
        bpmnProcessId === undefined
          ? -1
          : (tracker.resource('process', text(bpmnProcessId), number(version)) ?? NO_SUCH_KEY);
      const request = { processDefinitionKey, variables: documentOf(variables) };
      return { valueType: 'CONDITIONAL_EVALUATION', intent: 'EVALUATE', value: request };
    }
    case 'setVariables': {
      const target = value as string | Where;
      const scopeKey = typeof target === 'string' ? session.instanceKey(target) : elementKey(session, target);
      const updateSemantics = step.local === true ? 'LOCAL' : 'PROPAGATE';
      const request = { scopeKey, updateSemantics, variables: documentOf(step.variables) } as const;
      return { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATE', value: request };
    }
    case 'resolveIncident': {
      const where = value as Where;
      const key = tracker.incident(where.element, instanceOf(session, where)) ?? NO_SUCH_KEY;
      return { valueType: 'INCIDENT', intent: 'RESOLVE', key };
    }
    case 'deleteResource': {
      const { bpmnProcessId, decisionRequirementsId, formId, version } = value as JsonObject;
      const [kind, id] =
        bpmnProcessId !== undefined
          ? (['process', bpmnProcessId] as const)
          : formId !== undefined
            ? (['form', formId] as const)
            : (['requirements', decisionRequirementsId] as const);
      const resourceKey = tracker.resource(kind, text(id), number(version)) ?? NO_SUCH_KEY;
      return { valueType: 'RESOURCE_DELETION', intent: 'DELETE', value: { resourceKey } };
    }
    case 'activateAdHoc':
      return adHocActivation(adHocKey(session, value), step);
    case 'modify':
      return modification(session, value);
    case 'migrate':
      return migration(session, value);
    default:
      return verb.endsWith('UserTask')
        ? userTaskCommand(session, verb, value, step)
        : jobCommand(session.jobKey(value), verb, step);
  }
}

function jobCommand(key: number, verb: string, step: JsonObject): ClientCommand {
  const variables = documentOf(step.variables);
  const errorMessage = text(step.errorMessage);
  switch (verb) {
    case 'complete':
      return {
        valueType: 'JOB',
        intent: 'COMPLETE',
        key,
        value:
          step.result === undefined
            ? { variables }
            : { variables, result: jobResult(step.result as JsonObject) },
      };
    case 'fail': {
      const value = {
        retries: number(step.retries),
        retryBackOff: number(step.retryBackOff),
        errorMessage,
        variables,
      };
      return { valueType: 'JOB', intent: 'FAIL', key, value };
    }
    case 'throwError':
      return {
        valueType: 'JOB',
        intent: 'THROW_ERROR',
        key,
        value: { errorCode: text(step.errorCode), errorMessage, variables },
      };
    case 'updateRetries':
      return { valueType: 'JOB', intent: 'UPDATE_RETRIES', key, value: { retries: number(step.retries) } };
    case 'updateTimeout':
      return { valueType: 'JOB', intent: 'UPDATE_TIMEOUT', key, value: { timeout: number(step.timeout) } };
    default:
      throw new UnsupportedStepError(`the verb '${verb}' is unknown`);
  }
}

function userTaskCommand(session: Session, verb: string, where: Where, step: JsonObject): ClientCommand {
  const key = session.tracker.userTask(where.element, instanceOf(session, where)) ?? NO_SUCH_KEY;
  const action = text(step.action);
  switch (verb) {
    case 'completeUserTask':
      return {
        valueType: 'USER_TASK',
        intent: 'COMPLETE',
        key,
        value: { action, variables: documentOf(step.variables) },
      };
    case 'assignUserTask': {
      if (text(step.assignee) === '') throw new RefusedError('No assignee provided');
      const intent = step.allowOverride === false ? 'CLAIM' : 'ASSIGN';
      return { valueType: 'USER_TASK', intent, key, value: { action, assignee: text(step.assignee) } };
    }
    case 'unassignUserTask':
      return { valueType: 'USER_TASK', intent: 'ASSIGN', key, value: { action: 'unassign', assignee: '' } };
    default: {
      const changes = changesOf(step.changeset);
      const problem = updateProblem(changes, typeof step.action === 'string' ? step.action : undefined);
      if (problem !== undefined) throw new RefusedError(problem);
      return { valueType: 'USER_TASK', intent: 'UPDATE', key, value: { action, changes } };
    }
  }
}

/** Attributes that an update can change; the gateway leaves others, and null, aside. */
function changesOf(changeset: Json | undefined): TaskChanges {
  const names = ['candidateGroups', 'candidateUsers', 'dueDate', 'followUpDate', 'priority'];
  const members = Object.entries((changeset ?? {}) as JsonObject);
  return Object.fromEntries(members.filter(([name, value]) => names.includes(name) && value !== null));
}

interface Modification {
  readonly instance: string;
  readonly activate?: readonly {
    readonly elementId: string;
    readonly ancestor?: string | Where;
    readonly variables?: Json;
    readonly scope?: string;
  }[];
  readonly terminate?: readonly Where[];
  readonly terminateIds?: readonly string[];
  readonly move?: readonly {
    /** An element id, or one element instance. */
    readonly from: string | Where;
    readonly to: string;
    readonly ancestor?: 'inferred' | 'sourceParent' | Where;
    readonly variables?: Json;
    readonly scope?: string;
  }[];
}

function modification(
  session: Session,
  { instance, activate = [], terminate = [], terminateIds = [], move = [] }: Modification,
): ClientCommand {
  const within = (where: Where) => elementKey(session, { instance, ...where });
  return {
    valueType: 'PROCESS_INSTANCE_MODIFICATION',
    intent: 'MODIFY',
    key: session.instanceKey(instance),
    value: {
      activate: activate.map(({ elementId, ancestor, variables, scope }) => ({
        elementId,
        ancestorElementInstanceKey:
          ancestor === undefined
            ? -1
            : within(typeof ancestor === 'string' ? { element: ancestor } : ancestor),
        variables:
          variables === undefined ? [] : [{ elementId: scope ?? '', variables: documentOf(variables) }],
      })),
      terminate: terminate.map(within),
      terminateIds,
      move: move.map(({ from, to, ancestor, variables, scope }) => ({
        source: typeof from === 'string' ? { elementId: from } : { elementInstanceKey: within(from) },
        targetElementId: to,
        ancestor:
          typeof ancestor === 'string'
            ? { kind: ancestor }
            : { kind: 'direct', elementInstanceKey: ancestor === undefined ? -1 : within(ancestor) },
        variables:
          variables === undefined ? [] : [{ elementId: scope ?? '', variables: documentOf(variables) }],
      })),
    },
  };
}

interface Migration {
  readonly instance: string;
  readonly to: { readonly bpmnProcessId: string; readonly version: number };
  readonly mapping?: Readonly<Record<string, string>>;
}

function migration(session: Session, { instance, to, mapping = {} }: Migration): ClientCommand {
  return {
    valueType: 'PROCESS_INSTANCE_MIGRATION',
    intent: 'MIGRATE',
    key: session.instanceKey(instance),
    value: {
      targetProcessDefinitionKey:
        session.tracker.resource('process', to.bpmnProcessId, to.version) ?? NO_SUCH_KEY,
      mappings: Object.entries(mapping).map(([sourceElementId, targetElementId]) => ({
        sourceElementId,
        targetElementId,
      })),
    },
  };
}
