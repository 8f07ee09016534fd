import type { Gateway, Workload } from './load.ts';

const flow = (from: string, to: string): string =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}"/>`;
const task = (id: string, type = id): string =>
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${type}"/></bpmn:extensionElements></bpmn:serviceTask>`;
const caught = (id: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:messageEventDefinition id="${id}-definition" messageRef="m"/></bpmn:intermediateCatchEvent>`;
const chain = (...ids: string[]): string =>
  ids
    .slice(1)
    .map((id, at) => flow(ids[at] ?? '', id))
    .join('');

const bpmn = (id: string, body: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench">
  <bpmn:message id="m" name="paid-${id}"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="${id}" isExecutable="true"><bpmn:startEvent id="start"/>${body}<bpmn:endEvent id="end"/></bpmn:process>
</bpmn:definitions>`;

const paid = (process: string) => (gateway: Gateway, order: string) =>
  gateway.call('PublishMessage', {
    name: `paid-${process}`,
    correlationKey: order,
    timeToLive: 60_000,
    variables: '{"paid":true}',
  });

const TEN = Array.from({ length: 10 }, (_, at) => `ten-${at + 1}`);

/** The last is like the concert's purchase: reserve, wait for the money with a time limit, decide, issue tickets, or release. */
export const workloads: readonly Workload[] = [
  { name: 'empty', bpmn: bpmn('empty', flow('start', 'end')), jobs: [] },
  {
    name: 'onetask',
    bpmn: bpmn('onetask', chain('start', 'one', 'end') + task('one', 'one-task')),
    jobs: ['one-task'],
  },
  {
    name: 'tentask',
    bpmn: bpmn('tentask', chain('start', ...TEN, 'end') + TEN.map((id) => task(id)).join('')),
    jobs: TEN,
  },
  {
    name: 'message',
    bpmn: bpmn('message', chain('start', 'wait', 'end') + caught('wait')),
    jobs: [],
    after: paid('message'),
  },
  {
    name: 'purchase',
    bpmn: bpmn(
      'purchase',
      `${chain('start', 'reserve', 'pay', 'decide')}${task('reserve', 'purchase-reserve')}
      <bpmn:receiveTask id="pay" messageRef="m"/>
      <bpmn:boundaryEvent id="late" attachedToRef="pay"><bpmn:outgoing>late-release</bpmn:outgoing><bpmn:timerEventDefinition id="late-definition"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT10M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
      ${chain('late', 'release', 'released')}${task('release', 'purchase-release')}<bpmn:endEvent id="released"/>
      <bpmn:exclusiveGateway id="decide" default="decide-issue"/>
      <bpmn:sequenceFlow id="decide-check" sourceRef="decide" targetRef="check"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=amount &gt; 1000</bpmn:conditionExpression></bpmn:sequenceFlow>
      ${flow('decide', 'issue')}${flow('check', 'issue')}${task('check', 'purchase-check')}${task('issue', 'purchase-issue')}${flow('issue', 'end')}`,
    ),
    jobs: ['purchase-reserve', 'purchase-issue'],
    after: paid('purchase'),
  },
];
