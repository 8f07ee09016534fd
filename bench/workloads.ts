import type { ActivatedJobs } from '../src/engine/commands/activate-jobs.ts';
import type { Answer, ClientCommand } from '../src/engine/records/command.ts';
import type { ActivateBody } from '../src/runtime/kinds/activate.ts';

/** What a client asks next. */
export type Ask =
  | { readonly kind: 'command'; readonly body: ClientCommand }
  | { readonly kind: 'activate'; readonly body: ActivateBody };

/** One client's way through one instance: asks, is given each answer, and is done when it returns. */
export type Client = Generator<Ask, void, Answer>;

export interface Workload {
  readonly name: string;
  readonly bpmn: string;
  client(n: number): Client;
}

const bpmn = (id: string, body: string, more = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench">
  ${more}
  <bpmn:process id="${id}" isExecutable="true">
    <bpmn:startEvent id="start"/>
    ${body}
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>`;

const flow = (from: string, to: string): string =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}"/>`;

function create(bpmnProcessId: string, variables: Record<string, string>): Ask {
  return {
    kind: 'command',
    body: {
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId,
        processDefinitionKey: -1,
        version: -1,
        variables: new Map(Object.entries(variables)),
        startInstructions: [],
        fetchVariables: [],
      },
    },
  };
}

export const workloads: readonly Workload[] = [
  {
    name: 'empty',
    bpmn: bpmn('empty', flow('start', 'end')),
    *client() {
      yield create('empty', { customer: '"c-1"' });
    },
  },
  {
    name: 'onetask',
    bpmn: bpmn(
      'onetask',
      `${flow('start', 'task')}<bpmn:serviceTask id="task"><bpmn:extensionElements>
        <zeebe:taskDefinition type="work"/></bpmn:extensionElements></bpmn:serviceTask>${flow('task', 'end')}`,
    ),
    *client() {
      yield create('onetask', { customer: '"c-1"' });
      const request = {
        type: 'work',
        worker: 'bench',
        timeout: 60_000,
        maxJobsToActivate: 1,
        fetchVariables: [],
      };
      const answer = yield { kind: 'activate', body: { request, wait: true } };
      const [job] = answer.kind === 'accepted' ? (answer.value as ActivatedJobs).jobs : [];
      if (!job) throw new Error('no job for a client whose instance waits');
      const variables = new Map([['done', 'true']]);
      yield {
        kind: 'command',
        body: { valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables } },
      };
    },
  },
  {
    name: 'message',
    bpmn: bpmn(
      'message',
      `${flow('start', 'wait')}<bpmn:intermediateCatchEvent id="wait">
        <bpmn:messageEventDefinition id="wait-definition" messageRef="m"/></bpmn:intermediateCatchEvent>${flow('wait', 'end')}`,
      `<bpmn:message id="m" name="paid"><bpmn:extensionElements>
        <zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>`,
    ),
    *client(n) {
      yield create('message', { order: `"order-${n}"` });
      const variables = new Map([['amount', '12.5']]);
      yield {
        kind: 'command',
        body: {
          valueType: 'MESSAGE',
          intent: 'PUBLISH',
          value: { name: 'paid', correlationKey: `order-${n}`, timeToLive: 0, messageId: '', variables },
        },
      };
    },
  },
];
