import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ElementInstance, InstanceView } from '../api/types.ts';
import { pageOf, topicsOf } from '../app/routes.ts';
import { dateTime, duration, prettyJson, relative, words } from './format.ts';
import { definitionMarks, flowIds, instanceMarks, marksText } from './marks.ts';
import { placesText, stateOf } from './places.ts';
import { compareKeys, timeline } from './timeline.ts';

const START = Date.parse('2030-01-01T00:00:00Z');

const element = (key: string, elementId: string, over: Partial<ElementInstance> = {}): ElementInstance => ({
  elementInstanceKey: key,
  elementId,
  elementName: null,
  type: 'SERVICE_TASK',
  state: 'COMPLETED',
  startDate: new Date(START).toISOString(),
  endDate: new Date(START + 5000).toISOString(),
  elementInstanceScopeKey: '1',
  incidentKey: null,
  ...over,
});

const view = (over: Partial<InstanceView>): InstanceView => ({
  instance: {
    processInstanceKey: '1',
    processDefinitionId: 'p',
    processDefinitionName: null,
    processDefinitionVersion: 1,
    processDefinitionKey: '9',
    state: 'ACTIVE',
    startDate: new Date(START).toISOString(),
    endDate: null,
    hasIncident: false,
    parentProcessInstanceKey: null,
  },
  elements: [],
  flows: [],
  variables: [],
  jobs: [],
  incidents: [],
  subscriptions: [],
  timers: [],
  called: [],
  cut: [],
  ...over,
});

describe('Texts', () => {
  it('show times in the zone asked for, and a dash for none', () => {
    assert.equal(dateTime('2030-01-31T08:05:07Z', 'Europe/Berlin'), '2030-01-31 09:05:07');
    assert.equal(dateTime('2030-01-31T23:30:00Z', 'UTC'), '2030-01-31 23:30:00');
    assert.equal(dateTime(null), '–');
  });

  it('show durations in the two largest units', () => {
    assert.deepEqual([0, 850, 12_000, 185_000, 7_800_000, 7_200_000, 356_400_000].map(duration), [
      '0 ms',
      '850 ms',
      '12 s',
      '3 min 5 s',
      '2 h 10 min',
      '2 h',
      '4 d 3 h',
    ]);
    assert.equal(relative('2030-01-01T00:00:00Z', START + 60_000), '1 min ago');
    assert.equal(relative('2030-01-01T00:00:00Z', START - 60_000), 'in 1 min');
    assert.equal(words('EVENT_BASED_GATEWAY'), 'event based gateway');
  });

  it('lay out JSON without touching a digit', () => {
    assert.equal(
      prettyJson('{"a":12345678901234567890,"b":[],"c":[1.0,"x, {y}"]}'),
      '{\n  "a": 12345678901234567890,\n  "b": [],\n  "c": [\n    1.0,\n    "x, {y}"\n  ]\n}',
    );
    assert.equal(prettyJson('"plain"'), '"plain"');
    assert.equal(prettyJson('{broken'), '{broken');
  });
});

describe('The list', () => {
  it('says where an instance stands by name, with numbers for what is there several times', () => {
    const standsAt = [
      { elementId: 'pay', elementName: 'Pay', count: 1 },
      { elementId: 'ship', elementName: null, count: 3 },
    ];
    assert.equal(placesText({ standsAt, state: 'ACTIVE' }), 'Pay, ship ×3');
    assert.equal(placesText({ standsAt: [], state: 'COMPLETED' }), '–');
  });

  it('shows an incident only while the instance goes on', () => {
    assert.equal(stateOf({ state: 'ACTIVE', hasIncident: true }).mood, 'incident');
    assert.equal(stateOf({ state: 'TERMINATED', hasIncident: true }).mood, 'canceled');
    assert.equal(stateOf({ state: 'COMPLETED', hasIncident: false }).text, 'Completed');
  });
});

describe('The diagram', () => {
  it('shows the incident before what is active, and that before what is done', () => {
    const marks = instanceMarks(
      view({
        elements: [
          element('2', 'a'),
          element('3', 'a', { state: 'ACTIVE', endDate: null }),
          element('4', 'b', { state: 'ACTIVE', endDate: null }),
          element('5', 'c'),
          element('6', 'c'),
          element('7', 'd', { state: 'TERMINATED' }),
        ],
        incidents: [
          {
            incidentKey: '8',
            errorType: 'X',
            errorMessage: '',
            state: 'ACTIVE',
            creationTime: '',
            elementId: 'b',
            elementInstanceKey: '4',
            jobKey: null,
          },
          {
            incidentKey: '9',
            errorType: 'X',
            errorMessage: '',
            state: 'RESOLVED',
            creationTime: '',
            elementId: 'c',
            elementInstanceKey: '5',
            jobKey: null,
          },
        ],
        flows: [{ elementId: 'flow', count: 1 }],
      }),
    );
    assert.deepEqual(
      marks.map(({ elementId, look, active, done, incidents }) => [elementId, look, active, done, incidents]),
      [
        ['a', 'active', 1, 0, 0],
        ['b', 'incident', 1, 0, 1],
        ['c', 'done', 0, 2, 0],
        ['d', 'canceled', 0, 0, 0],
        ['flow', 'done', 0, 0, 0],
      ],
    );
    assert.equal(
      marksText(marks, [element('3', 'a', { elementName: 'Ask' })]),
      'Process diagram; active: Ask, b.',
    );
  });

  it('counts the instances of a definition at its elements, not on its flows', () => {
    const flows = flowIds('<bpmn:sequenceFlow id="f1" sourceRef="a"/><sequenceFlow name="x" id="f2"/>');
    assert.deepEqual([...flows], ['f1', 'f2']);
    const marks = definitionMarks(
      [
        { elementId: 'f1', active: 0, completed: 4, canceled: 0, incidents: 0 },
        { elementId: 'a', active: 2, completed: 4, canceled: 0, incidents: 1 },
      ],
      flows,
    );
    assert.deepEqual(
      marks.map(({ look, active, done }) => [look, active, done]),
      [
        ['done', 0, 0],
        ['incident', 2, 4],
      ],
    );
  });
});

describe('The timeline', () => {
  it('is in order of the keys, indented by scope, and says what is waited for', () => {
    const steps = timeline(
      view({
        elements: [
          element('12', 'inner', { elementInstanceScopeKey: '9', state: 'ACTIVE', endDate: null }),
          element('9', 'outer', { state: 'ACTIVE', endDate: null }),
        ],
        subscriptions: [
          {
            messageSubscriptionKey: '1',
            messageName: 'paid',
            correlationKey: 'c-1',
            messageSubscriptionState: 'CREATED',
            elementId: 'inner',
          },
        ],
        timers: [
          {
            timerKey: '2',
            dueDate: new Date(START + 120_000).toISOString(),
            state: 'CREATED',
            elementId: 'inner',
            repetitions: 1,
          },
        ],
      }),
      START + 60_000,
    );
    assert.deepEqual(
      steps.map(({ elementId, depth, took, waitsFor }) => [elementId, depth, took, waitsFor]),
      [
        ['outer', 0, '1 min', ''],
        ['inner', 1, '1 min', 'message paid with key c-1 or timer in 1 min'],
      ],
    );
    assert.ok(compareKeys('9', '10') < 0);
  });
});

describe('Paths', () => {
  it('lead to their pages', () => {
    assert.deepEqual(pageOf('/console/', '?state=ACTIVE'), { kind: 'instances', query: '?state=ACTIVE' });
    assert.deepEqual(pageOf('/console/instances/12', ''), { kind: 'instance', key: '12' });
    assert.deepEqual(pageOf('/console/definitions', ''), { kind: 'definitions' });
    assert.deepEqual(pageOf('/console/definitions/3', ''), { kind: 'definition', key: '3' });
    assert.equal(pageOf('/console/instances/x', '').kind, 'unknown');
    assert.equal(topicsOf({ kind: 'instance', key: '12' }), 'instance:12');
  });
});
