import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphElement, type ProcessGraph, parseBpmn } from './index.ts';
import { END, extensions, flow, model, START, serviceTask } from './testing-models.ts';

async function graphOf(xml: string): Promise<ProcessGraph> {
  const parsed = await parseBpmn('m.bpmn', xml);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
  const [graph] = parsed.processes;
  assert.ok(graph);
  return graph;
}

function element(graph: ProcessGraph, id: string): GraphElement {
  const found = graph.elements[id];
  assert.ok(found, `element ${id}`);
  return found;
}

test('outgoing flows stand in the order in which Zeebe takes them, the last in the XML first', async () => {
  const graph = await graphOf(
    model(`${START}
      <bpmn:parallelGateway id="split"><bpmn:outgoing>split-b</bpmn:outgoing><bpmn:outgoing>split-a</bpmn:outgoing></bpmn:parallelGateway>
      <bpmn:endEvent id="a" /><bpmn:endEvent id="b" />
      ${flow('start', 'split')}${flow('split', 'a')}${flow('split', 'b')}`),
  );
  assert.deepEqual(element(graph, 'split').outgoing, ['split-b', 'split-a']);
  assert.deepEqual(graph.flows['split-a'], { id: 'split-a', source: 'split', target: 'a', flowScope: 'p' });
});

test('boundary events and start events stand in the order in which Zeebe subscribes, event subprocesses in that of the XML', async () => {
  const on = (id: string, name: string): string =>
    `<bpmn:boundaryEvent id="${id}" attachedToRef="work" cancelActivity="false"><bpmn:messageEventDefinition messageRef="${name}" /></bpmn:boundaryEvent>`;
  const message = (id: string): string =>
    `<bpmn:message id="${id}" name="${id}">${extensions('<zeebe:subscription correlationKey="=k" />')}</bpmn:message>`;
  const sub = (id: string, name: string): string =>
    `<bpmn:subProcess id="${id}" triggeredByEvent="true"><bpmn:startEvent id="${id}-start" isInterrupting="false"><bpmn:messageEventDefinition messageRef="${name}" /></bpmn:startEvent></bpmn:subProcess>`;
  const graph = await graphOf(
    model(
      `${START}<bpmn:startEvent id="second"><bpmn:messageEventDefinition messageRef="m5" /></bpmn:startEvent>
       ${serviceTask('work')}${on('first', 'm1')}${on('last', 'm2')}${sub('s1', 'm3')}${sub('s2', 'm4')}${END}
       ${flow('start', 'work')}${flow('first', 'end')}${flow('last', 'end')}`,
      [1, 2, 3, 4, 5].map((n) => message(`m${n}`)).join(''),
    ),
  );
  assert.deepEqual(element(graph, 'work').boundaryEvents, ['last', 'first']);
  assert.deepEqual(element(graph, 'p').startEvents, ['second', 'start']);
  assert.deepEqual(element(graph, 'p').eventSubProcesses, ['s1', 's2']);
  assert.equal(element(graph, 's1').eventType, 'MESSAGE');
  assert.equal(element(graph, 's1-start').interrupting, false);
  assert.equal(element(graph, 'start').interrupting, undefined);
  assert.deepEqual(element(graph, 'first').message, {
    name: { kind: 'static', value: 'm1' },
    correlationKey: { kind: 'feel', text: 'k' },
  });
});

test('a job carries type, retries and headers, three retries where the model names none', async () => {
  const graph = await graphOf(
    model(`${START}${serviceTask('a')}
      <bpmn:sendTask id="b">${extensions('<zeebe:taskDefinition type="=kind" retries="=n" /><zeebe:taskHeaders><zeebe:header key="k" value="v" /><zeebe:header key="empty" value="" /></zeebe:taskHeaders>')}</bpmn:sendTask>
      ${flow('start', 'a')}${flow('a', 'b')}`),
  );
  assert.deepEqual(element(graph, 'a').job, {
    type: { kind: 'static', value: 'work' },
    retries: { kind: 'static', value: '3' },
    headers: {},
  });
  assert.deepEqual(element(graph, 'b').job, {
    type: { kind: 'feel', text: 'kind' },
    retries: { kind: 'feel', text: 'n' },
    headers: { k: 'v' },
  });
});

test('a user task without zeebe:userTask is a job of the reserved type, one with it is not', async () => {
  const task = (id: string, more: string): string =>
    `<bpmn:userTask id="${id}">${extensions(`${more}<zeebe:assignmentDefinition assignee="ann" /><zeebe:taskHeaders><zeebe:header key="k" value="v" /></zeebe:taskHeaders>`)}</bpmn:userTask>`;
  const graph = await graphOf(
    model(
      `${START}${task('jobbed', '<zeebe:formDefinition formKey="f" />')}${task('native', '<zeebe:userTask /><zeebe:formDefinition formId="f" bindingType="deployment" />')}${flow('start', 'jobbed')}${flow('jobbed', 'native')}`,
    ),
  );
  assert.deepEqual(element(graph, 'jobbed').job?.type, {
    kind: 'static',
    value: 'io.camunda.zeebe:userTask',
  });
  assert.deepEqual(element(graph, 'jobbed').userTask?.formKey, 'f');
  assert.equal(element(graph, 'native').job, undefined);
  assert.deepEqual(element(graph, 'native').userTask, {
    assignee: { kind: 'static', value: 'ann' },
    form: { formId: { kind: 'static', value: 'f' }, binding: { kind: 'deployment' } },
    headers: { k: 'v' },
  });
});

test('a compensation boundary event knows its handler', async () => {
  const graph = await graphOf(
    model(`${START}${serviceTask('book')}
      <bpmn:boundaryEvent id="undo" attachedToRef="book"><bpmn:compensateEventDefinition id="d1" /></bpmn:boundaryEvent>
      <bpmn:task id="cancel" isForCompensation="true" />
      <bpmn:endEvent id="end"><bpmn:compensateEventDefinition id="d2" activityRef="book" /></bpmn:endEvent>
      ${flow('start', 'book')}${flow('book', 'end')}
      <bpmn:association id="a" sourceRef="undo" targetRef="cancel" />`),
  );
  assert.equal(element(graph, 'undo').compensationHandler, 'cancel');
  assert.equal(element(graph, 'undo').eventType, 'COMPENSATION');
  assert.equal(element(graph, 'cancel').isForCompensation, true);
  assert.equal(element(graph, 'end').compensatedActivity, 'book');
});

test('a call activity passes all variables both ways unless it says otherwise', async () => {
  const call = (id: string, attributes: string): string =>
    `<bpmn:callActivity id="${id}">${extensions(`<zeebe:calledElement processId="other" ${attributes} />`)}</bpmn:callActivity>`;
  const graph = await graphOf(
    model(
      `${START}${call('a', '')}${call('b', 'propagateAllChildVariables="false" propagateAllParentVariables="false" bindingType="versionTag" versionTag="v1"')}${flow('start', 'a')}${flow('a', 'b')}`,
    ),
  );
  const processId = { kind: 'static', value: 'other' };
  assert.deepEqual(element(graph, 'a').calledElement, {
    processId,
    binding: { kind: 'latest' },
    propagateAllParentVariables: true,
    propagateAllChildVariables: true,
  });
  assert.deepEqual(element(graph, 'b').calledElement, {
    processId,
    binding: { kind: 'versionTag', tag: 'v1' },
    propagateAllParentVariables: false,
    propagateAllChildVariables: false,
  });
});

test('a graph is plain JSON, whatever the ids are', async () => {
  const graph = await graphOf(
    model(`${START}<bpmn:task id="__proto__" /><bpmn:task id="constructor" />
    ${flow('start', '__proto__')}${flow('__proto__', 'constructor')}`),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph);
  assert.ok(Object.hasOwn(graph.elements, '__proto__'));
  assert.equal(Object.keys(graph.elements).length, 4);
});

test('expressions need no xsi:type', async () => {
  const graph = await graphOf(
    model(`${START}<bpmn:intermediateCatchEvent id="w"><bpmn:timerEventDefinition><bpmn:timeDuration>PT5S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
      <bpmn:exclusiveGateway id="g" default="g-a" /><bpmn:endEvent id="a" /><bpmn:endEvent id="b" />${flow('start', 'w')}${flow('w', 'g')}${flow('g', 'a')}${flow('g', 'b', '=x').replace(/ xsi:type="[^"]*"/, '')}`),
  );
  assert.deepEqual(element(graph, 'w').timer, { kind: 'duration', value: { kind: 'static', value: 'PT5S' } });
  assert.deepEqual(graph.flows['g-b']?.condition, { kind: 'feel', text: 'x' });
});

test('prefixes are free: BPMN may be the default namespace', async () => {
  const xml = model(`${START}${END}${flow('start', 'end')}`)
    .replaceAll('bpmn:', '')
    .replace('xmlns:bpmn=', 'xmlns=');
  const graph = await graphOf(xml);
  assert.equal(element(graph, 'end').type, 'END_EVENT');
});

test('processes that are not executable are left out, pools, lanes and notes are no elements', async () => {
  const parsed = await parseBpmn(
    'm.bpmn',
    model(
      `<bpmn:laneSet id="lanes"><bpmn:lane id="lane"><bpmn:flowNodeRef>start</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
       ${START}${END}${flow('start', 'end')}<bpmn:dataObject id="data" /><bpmn:textAnnotation id="note"><bpmn:text>x</bpmn:text></bpmn:textAnnotation>`,
      '<bpmn:process id="draft"><bpmn:serviceTask id="unfinished" /></bpmn:process><bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="p" /></bpmn:collaboration>',
    ),
  );
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.processes.map((process) => Object.keys(process.elements)),
    [['p', 'start', 'end']],
  );
});
