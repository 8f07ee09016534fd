import type { ElementRow } from '../state/tables.ts';
import { adHocInnerInstance } from './ad-hoc-inner-instance.ts';
import { adHocSubProcess } from './ad-hoc-sub-process.ts';
import { boundaryEvent } from './boundary-event.ts';
import { businessRuleTask } from './business-rule-task.ts';
import { callActivity } from './call-activity.ts';
import { catchEvent } from './catch-event.ts';
import { endEvent } from './end-event.ts';
import { eventBasedGateway } from './event-based-gateway.ts';
import { eventSubProcess } from './event-sub-process.ts';
import { exclusiveGateway } from './exclusive-gateway.ts';
import { inclusiveGateway } from './inclusive-gateway.ts';
import { jobTask } from './job-task.ts';
import { multiInstanceBody } from './multi-instance-body.ts';
import { parallelGateway } from './parallel-gateway.ts';
import { passThroughTask } from './pass-through-task.ts';
import { process } from './process.ts';
import type { ElementProcessor } from './processor.ts';
import { scriptTask } from './script-task.ts';
import { startEvent } from './start-event.ts';
import { subProcess } from './sub-process.ts';
import { throwEvent } from './throw-event.ts';
import { userTask } from './user-task.ts';

/** What carries out an element, by its type. Throws for types that no deployment lets pass. */
export function processorOf(row: ElementRow): ElementProcessor {
  switch (row.type) {
    case 'PROCESS':
      return process;
    case 'SUB_PROCESS':
      return subProcess;
    case 'EVENT_SUB_PROCESS':
      return eventSubProcess;
    case 'MULTI_INSTANCE_BODY':
      return multiInstanceBody;
    case 'START_EVENT':
      return startEvent;
    case 'BOUNDARY_EVENT':
      return boundaryEvent;
    case 'INTERMEDIATE_CATCH_EVENT':
    case 'RECEIVE_TASK':
      return catchEvent;
    case 'INTERMEDIATE_THROW_EVENT':
      return throwEvent;
    case 'END_EVENT':
      return endEvent;
    case 'SERVICE_TASK':
    case 'SEND_TASK':
      return jobTask;
    case 'SCRIPT_TASK':
      return scriptTask;
    case 'BUSINESS_RULE_TASK':
      return businessRuleTask;
    case 'USER_TASK':
      return userTask;
    case 'MANUAL_TASK':
    case 'TASK':
      return passThroughTask;
    case 'CALL_ACTIVITY':
      return callActivity;
    case 'EXCLUSIVE_GATEWAY':
      return exclusiveGateway;
    case 'INCLUSIVE_GATEWAY':
      return inclusiveGateway;
    case 'PARALLEL_GATEWAY':
      return parallelGateway;
    case 'EVENT_BASED_GATEWAY':
      return eventBasedGateway;
    case 'AD_HOC_SUB_PROCESS':
      return adHocSubProcess;
    case 'AD_HOC_SUB_PROCESS_INNER_INSTANCE':
      return adHocInnerInstance;
    case 'SEQUENCE_FLOW':
      throw new Error(`Elements of type ${row.type} are not executed`);
  }
}
