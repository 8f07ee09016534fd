import type { ClientCommand } from '../../src/engine/records/command.ts';

/** Processes of which instances wait: for a message, a timer, a job. And one that is over after its job. */
const wait = (id: string, element: string): string => `<bpmn:process id="${id}" isExecutable="true">
  <bpmn:startEvent id="${id}-start"/><bpmn:sequenceFlow id="${id}-1" sourceRef="${id}-start" targetRef="${id}-wait"/>
  ${element}<bpmn:sequenceFlow id="${id}-2" sourceRef="${id}-wait" targetRef="${id}-end"/><bpmn:endEvent id="${id}-end"/></bpmn:process>`;

const job = (id: string, type: string): string =>
  `<bpmn:serviceTask id="${id}-wait"><bpmn:extensionElements><zeebe:taskDefinition type="${type}"/></bpmn:extensionElements></bpmn:serviceTask>`;

export const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench">
  <bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
  ${wait('message', '<bpmn:intermediateCatchEvent id="message-wait"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>')}
  ${wait('timer', '<bpmn:intermediateCatchEvent id="timer-wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">="PT" + string(minutes) + "M"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>')}
  ${wait('job', job('job', 'never-asked'))}
  ${wait('onetask', job('onetask', 'work'))}
</bpmn:definitions>`;

export const KINDS = ['message', 'timer', 'job'] as const;
export type Waiting = (typeof KINDS)[number];

/** Spreads numbers, so that neighbours in time are none in an index. */
export function keyOf(number: number): string {
  let mix = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return `${(mix >>> 0).toString(36)}-${number}`;
}

/** 300 bytes of variables. */
export function creation(bpmnProcessId: string, number: number): ClientCommand {
  const order = keyOf(number);
  const variables = new Map([
    ['order', JSON.stringify(order)],
    ['minutes', String(24 * 60 + (number % 10_000))],
    [
      'customer',
      JSON.stringify({ name: `Customer ${number}`, street: 'x'.repeat(80), city: 'y'.repeat(40) }),
    ],
    ['items', JSON.stringify(['A-101', 'A-102', 'A-103'])],
    ['note', JSON.stringify('z'.repeat(60))],
  ]);
  return {
    valueType: 'PROCESS_INSTANCE_CREATION',
    intent: 'CREATE',
    value: {
      bpmnProcessId,
      processDefinitionKey: -1,
      version: -1,
      variables,
      startInstructions: [],
      fetchVariables: [],
    },
  };
}

export function payment(number: number): ClientCommand {
  return {
    valueType: 'MESSAGE',
    intent: 'PUBLISH',
    value: {
      name: 'paid',
      correlationKey: keyOf(number),
      timeToLive: 0,
      messageId: '',
      variables: new Map([['amount', '12.5']]),
    },
  };
}
