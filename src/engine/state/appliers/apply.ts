import type { LogRecord } from '../../records/log.ts';
import type { StatePort } from '../port.ts';
import { AWAITED } from '../tables.ts';
import { applyAdHocInstruction } from './ad-hoc.ts';
import { applyCompensation } from './compensation.ts';
import { applyConditionalSubscription } from './conditionals.ts';
import { applyDecision, applyRequirements } from './decisions.ts';
import { applyForm, applyProcess } from './definitions.ts';
import { applyElement } from './elements.ts';
import { applyIncident } from './incidents.ts';
import { applyJob, applyJobBatch } from './jobs.ts';
import { applyMessage, applyMessageSubscription, applyStartSubscription } from './messages.ts';
import { applyModification } from './modifications.ts';
import { applyProcessEvent } from './process-events.ts';
import { applySignalSubscription } from './signals.ts';
import { applyTimer } from './timers.ts';
import { applyUserTask, applyVariableDocument } from './user-tasks.ts';
import { applyVariable } from './variables.ts';

/** Changes the state as the event tells. The only way in which state changes. */
export function apply(state: StatePort, record: LogRecord): void {
  if (record.recordType !== 'EVENT') return;
  switch (record.valueType) {
    case 'PROCESS_INSTANCE':
      applyElement(state, record.key, record.intent, record.value);
      return;
    case 'VARIABLE':
      applyVariable(state, record.key, record.intent, record.value);
      return;
    case 'PROCESS_EVENT':
      applyProcessEvent(state, record.key, record.intent, record.value);
      return;
    case 'JOB':
      applyJob(state, record.key, record.intent, record.value, record.timestamp);
      return;
    case 'JOB_BATCH':
      applyJobBatch(state, record.value);
      return;
    case 'TIMER':
      applyTimer(state, record.key, record.intent, record.value);
      return;
    case 'MESSAGE':
      applyMessage(state, record.key, record.intent, record.value);
      return;
    case 'PROCESS_MESSAGE_SUBSCRIPTION':
    case 'MESSAGE_SUBSCRIPTION':
      applyMessageSubscription(state, record.valueType, record.key, record.intent, record.value);
      return;
    case 'MESSAGE_START_EVENT_SUBSCRIPTION':
      applyStartSubscription(state, record.key, record.intent, record.value);
      return;
    case 'SIGNAL_SUBSCRIPTION':
      applySignalSubscription(state, record.key, record.intent, record.value);
      return;
    case 'CONDITIONAL_SUBSCRIPTION':
      applyConditionalSubscription(state, record.key, record.intent, record.value);
      return;
    case 'INCIDENT':
      applyIncident(state, record.key, record.intent, record.value);
      return;
    case 'COMPENSATION_SUBSCRIPTION':
      applyCompensation(state, record.key, record.intent, record.value);
      return;
    case 'AD_HOC_SUB_PROCESS_INSTRUCTION':
      applyAdHocInstruction(state, record.intent, record.value);
      return;
    case 'USER_TASK':
      applyUserTask(state, record.intent, record.value);
      return;
    case 'VARIABLE_DOCUMENT':
      applyVariableDocument(state, record.key, record.intent, record.value);
      return;
    case 'PROCESS':
      applyProcess(state, record.intent, record.value);
      return;
    case 'FORM':
      applyForm(state, record.intent, record.value);
      return;
    case 'DECISION':
      applyDecision(state, record.intent, record.value);
      return;
    case 'DECISION_REQUIREMENTS':
      applyRequirements(state, record.intent, record.value);
      return;
    case 'PROCESS_INSTANCE_CREATION':
      if (record.value.fetchVariables !== undefined) {
        state.put(AWAITED, {
          processInstanceKey: record.value.processInstanceKey,
          fetchVariables: record.value.fetchVariables,
        });
      }
      return;
    case 'PROCESS_INSTANCE_RESULT':
      state.delete(AWAITED, record.value.processInstanceKey);
      return;
    case 'PROCESS_INSTANCE_MODIFICATION':
      applyModification(state, record.value);
      return;
    case 'DEPLOYMENT':
    case 'DECISION_EVALUATION':
    case 'SIGNAL':
    case 'ESCALATION':
    case 'CONDITIONAL_EVALUATION':
    case 'PROCESS_INSTANCE_MIGRATION':
    case 'MESSAGE_CORRELATION':
    case 'RESOURCE_DELETION':
    case 'RUNTIME_INSTRUCTION':
    case 'BATCH_OPERATION_CREATION':
    case 'BATCH_OPERATION_CHUNK':
    case 'BATCH_OPERATION_EXECUTION':
    case 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT':
    case 'HISTORY_DELETION':
    case 'EXPRESSION':
      return;
  }
}
