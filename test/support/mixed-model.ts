const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <bpmn:message id="go" name="go"><bpmn:extensionElements><zeebe:subscription correlationKey="=id" /></bpmn:extensionElements></bpmn:message>`;
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;
const job = (id: string) =>
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="work" retries="2" /></bpmn:extensionElements></bpmn:serviceTask>`;

/** A job and a message side by side, then a short timer and a second job. */
export const MIXED = `${HEAD}<bpmn:process id="mixed" isExecutable="true">
  <bpmn:startEvent id="start" /><bpmn:parallelGateway id="fork" /><bpmn:parallelGateway id="join" />
  ${job('first')}<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="go" /></bpmn:intermediateCatchEvent>
  <bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT0.2S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  ${job('last')}<bpmn:endEvent id="end" />
  ${flow('start', 'fork')}${flow('fork', 'first')}${flow('fork', 'wait')}${flow('first', 'join')}${flow('wait', 'join')}
  ${flow('join', 'pause')}${flow('pause', 'last')}${flow('last', 'end')}</bpmn:process></bpmn:definitions>`;

/** Waits at a user task. */
export const TASK = `${HEAD}<bpmn:process id="task" isExecutable="true"><bpmn:startEvent id="start" />
  <bpmn:userTask id="ask"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="end" />
  ${flow('start', 'ask')}${flow('ask', 'end')}</bpmn:process></bpmn:definitions>`;

/** A process that ends at once, under an id of its own. */
export const tiny = (id: string) =>
  `${HEAD}<bpmn:process id="${id}" isExecutable="true"><bpmn:startEvent id="start" /><bpmn:endEvent id="end" />${flow('start', 'end')}</bpmn:process></bpmn:definitions>`;
