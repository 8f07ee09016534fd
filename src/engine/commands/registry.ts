import { broadcastSignal } from '../behaviors/signals.ts';
import type { Work } from '../processing/work.ts';
import type { ClientCommand } from '../records/command.ts';
import { activateJobs } from './activate-jobs.ts';
import { activateAdHocElements } from './ad-hoc.ts';
import { createBatchOperation, deleteHistory } from './batches.ts';
import { cancelInstance } from './cancel-instance.ts';
import { type Accepted, NOTHING } from './command.ts';
import { createInstance } from './create-instance.ts';
import { deleteResource } from './delete-resource.ts';
import { deploy } from './deploy.ts';
import { evaluateConditional } from './evaluate-conditional.ts';
import { evaluateDecision } from './evaluate-decision.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import * as jobs from './jobs.ts';
import { migrateInstance } from './migrate-instance.ts';
import { modifyInstance } from './modify-instance.ts';
import { correlateMessage, expireMessage, publishMessage } from './publish-message.ts';
import { raiseIncident } from './raise-incident.ts';
import { resolveIncident } from './resolve-incident.ts';
import { triggerTimer } from './trigger-timer.ts';
import { updateVariables } from './update-variables.ts';
import { changeUserTask } from './user-tasks.ts';

/** Carries out what the outside asks for. Throws `Rejection` before anything is changed. */
export function processCommand(w: Work, command: ClientCommand): Accepted {
  switch (command.valueType) {
    case 'DEPLOYMENT':
      return deploy(w, command);
    case 'RESOURCE_DELETION':
      return deleteResource(w, command);
    case 'DECISION_EVALUATION':
      return evaluateDecision(w, command);
    case 'PROCESS_INSTANCE_CREATION':
      return createInstance(w, command);
    case 'PROCESS_INSTANCE':
      return cancelInstance(w, command);
    case 'PROCESS_INSTANCE_MODIFICATION':
      return modifyInstance(w, command);
    case 'PROCESS_INSTANCE_MIGRATION':
      return migrateInstance(w, command);
    case 'MESSAGE':
      return command.intent === 'PUBLISH' ? publishMessage(w, command.value) : expireMessage(w, command.key);
    case 'MESSAGE_CORRELATION':
      return correlateMessage(w, command);
    case 'SIGNAL':
      return { key: broadcastSignal(w, command.value), value: NOTHING };
    case 'CONDITIONAL_EVALUATION':
      return evaluateConditional(w, command);
    case 'JOB_BATCH':
      return activateJobs(w, command);
    case 'JOB':
      return processJob(w, command);
    case 'AD_HOC_SUB_PROCESS_INSTRUCTION':
      return activateAdHocElements(w, command);
    case 'TIMER':
      return triggerTimer(w, command.key);
    case 'VARIABLE_DOCUMENT':
      return updateVariables(w, command);
    case 'INCIDENT':
      return command.intent === 'RESOLVE' ? resolveIncident(w, command.key) : raiseIncident(w, command.value);
    case 'BATCH_OPERATION_CREATION':
      return createBatchOperation(w, command);
    case 'HISTORY_DELETION':
      return deleteHistory(w, command);
    case 'EXPRESSION':
      return evaluateExpression(w, command);
    case 'USER_TASK':
      return changeUserTask(w, command);
  }
}

function processJob(w: Work, command: Extract<ClientCommand, { valueType: 'JOB' }>): Accepted {
  switch (command.intent) {
    case 'COMPLETE':
      return jobs.completeJob(w, command);
    case 'FAIL':
      return jobs.failJob(w, command);
    case 'THROW_ERROR':
      return jobs.throwJobError(w, command);
    case 'UPDATE_RETRIES':
      return jobs.updateRetries(w, command);
    case 'UPDATE_TIMEOUT':
      return jobs.updateTimeout(w, command);
    case 'TIME_OUT':
      return jobs.timeOutJob(w, command.key);
    case 'RECUR_AFTER_BACKOFF':
      return jobs.recurJob(w, command.key);
  }
}
