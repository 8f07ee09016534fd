import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FateView } from '../api/event-types.ts';
import { pageOf, topicsOf } from '../app/routes.ts';
import {
  attributesOf,
  bulkText,
  capped,
  copyOf,
  dataOf,
  deliveryText,
  eventsPath,
  fateWord,
  filterOf,
  follows,
  isFiltered,
  markAt,
  mayRouteAgain,
  nearMissText,
  subscriptionState,
  wants,
} from './events.ts';
import { jsonMistake, memberText } from './json.ts';

const fate = (kind: string): FateView & { time: string } => ({
  kind,
  text: kind,
  time: '2030-01-01T00:00:00Z',
});

describe('Paths about events', () => {
  it('lead to their pages, and only a list that follows asks for news of events', () => {
    assert.deepEqual(pageOf('/console/events', '?type=A'), { kind: 'events', query: '?type=A' });
    assert.deepEqual(pageOf('/console/events/12', ''), { kind: 'event', sequence: '12' });
    assert.equal(pageOf('/console/events/x', '').kind, 'unknown');
    assert.equal(pageOf('/console/subscriptions', '').kind, 'subscriptions');
    assert.equal(pageOf('/console/filters', '?event=1').kind, 'filters');
    assert.equal(pageOf('/console/dead-letters', '').kind, 'deadLetters');
    assert.equal(topicsOf({ kind: 'events', query: '' }), 'events');
    assert.equal(topicsOf({ kind: 'events', query: '?follow=false' }), 'definitions');
  });

  it('hold the filter of the list', () => {
    const filter = filterOf('?type=A&correlationKey=k%201&follow=false');
    assert.deepEqual([filter.type, filter.correlationKey, filter.source], ['A', 'k 1', '']);
    assert.equal(follows('?type=A&follow=false'), false);
    assert.equal(eventsPath(filter, false), '/events?type=A&correlationKey=k+1&follow=false');
    assert.equal(eventsPath(filterOf(''), true), '/events');
    assert.equal(isFiltered(filter), true);
    assert.equal(isFiltered(filterOf('?follow=false')), false);
  });
});

describe('What became of an event', () => {
  it('is a word in a tone; a kind that is not known yet is shown by its name', () => {
    assert.deepEqual(fateWord(fate('correlated')), { word: 'moved on', tone: 'good' });
    assert.deepEqual(fateWord(fate('handedOver')), { word: 'handedOver', tone: 'none' });
    assert.deepEqual(fateWord(undefined), { word: 'not routed yet', tone: 'waiting' });
  });

  it('decides whether it may be routed again', () => {
    assert.equal(mayRouteAgain({ routed: true, fates: [fate('unmatched'), fate('delivered')] }), true);
    assert.equal(mayRouteAgain({ routed: true, fates: [fate('failed'), fate('started')] }), false);
    assert.equal(mayRouteAgain({ routed: false, fates: [] }), false);
  });

  it('names what a near miss had that the event has not', () => {
    const miss = { messageName: 'Go', correlationKey: 'k1', processInstanceKey: '1', elementId: 'w' };
    assert.equal(
      nearMissText(miss, { type: 'Go', subject: 'k2' }),
      'waits for this type with key "k1"; the event has "k2"',
    );
    assert.equal(nearMissText(miss, { type: 'Go' }), 'waits for this type with key "k1"; the event has none');
    assert.equal(nearMissText(miss, { type: 'Stop' }), 'waits with this key, but for type Go');
  });

  it('tells when a delivery is tried next, and why it failed', () => {
    const now = Date.parse('2030-01-01T00:00:00Z');
    const delivery = { id: 1, attempts: 2, nextTime: '2030-01-01T00:01:00Z', lastError: 'refused' };
    assert.match(deliveryText(delivery, now), /^2 attempts, next in 1 min \(\S+ \S+\): refused$/);
    assert.equal(deliveryText({ ...delivery, attempts: 0 }, now), 'not tried yet');
  });
});

describe('An event', () => {
  it('shows its data with every digit, as JSON, text or base64', () => {
    const json = dataOf('{"id":"data","x":{"data":1},"data":{"n":12345678901234567890}}');
    assert.deepEqual(json, {
      kind: 'json',
      text: '{"n":12345678901234567890}',
      pretty: '{\n  "n": 12345678901234567890\n}',
    });
    assert.deepEqual(dataOf('{"datacontenttype":"text/plain","data":"a\\nb"}'), {
      kind: 'text',
      text: 'a\nb',
      pretty: 'a\nb',
    });
    assert.equal(dataOf('{"datacontenttype":"application/x+json","data":"s"}').kind, 'json');
    assert.deepEqual(dataOf('{"data_base64":"AAE="}'), { kind: 'base64', text: 'AAE=', pretty: 'AAE=' });
    assert.deepEqual(dataOf('{"id":"1"}'), { kind: 'none' });
    assert.deepEqual(capped('abcdef', 4), { shown: 'abcd', left: 2 });
    assert.deepEqual(attributesOf({ id: '1', flag: true, data: {} }), [
      ['id', '1'],
      ['flag', 'true'],
    ]);
  });

  it('is copied whole but for its id', () => {
    const text = copyOf('{"type":"id","id":"old","source":"old","data":{"id":1.0}}', 'new');
    assert.equal(memberText(text, 'id'), '"new"');
    assert.equal(memberText(text, 'source'), '"old"');
    assert.equal(memberText(text, 'type'), '"id"');
    assert.match(memberText(text, 'data') ?? '', /"id": 1\.0/);
  });

  it('has members that are found by name only at the top, and by escaped names too', () => {
    assert.equal(memberText('{"a":"b: {","b":[1,{"c":2}],"c":"x\\"y"}', 'c'), '"x\\"y"');
    assert.equal(memberText('{"\\u0061":true}', 'a'), 'true');
    assert.equal(memberText('{}', 'a'), undefined);
    assert.equal(jsonMistake('{"a":1}'), undefined);
    assert.match(jsonMistake('{a}') ?? '', /JSON/);
  });
});

describe('A subscription', () => {
  it('has a state with its reason, and is told in few words', () => {
    const sink = 'http://a/';
    assert.deepEqual(subscriptionState({ id: '1', sink }), { word: 'active', tone: 'good', why: '' });
    assert.equal(subscriptionState({ id: '1', sink, retired: 'answered 410' }).why, 'answered 410');
    const state = (state: 'pending' | 'granted' | 'refused') =>
      subscriptionState({ id: '1', sink, status: { state } }).word;
    assert.deepEqual(
      [state('pending'), state('granted'), state('refused')],
      ['pending', 'active', 'refused'],
    );
    assert.equal(wants({ id: '1', sink }), 'all types');
    assert.equal(
      wants({
        id: '1',
        sink,
        types: ['A', 'B'],
        source: '/s',
        filters: [{ sql: 'x' }],
        config: { order: 'all' },
      }),
      'A, B from /s where {"sql":"x"} in order',
    );
  });
});

describe('A filter', () => {
  it('is cut at the place of its error, also behind its end', () => {
    assert.deepEqual(markAt("a = 'b", 4), { before: 'a = ', at: "'", after: 'b' });
    assert.deepEqual(markAt('a\nbc', 3), { before: 'a\nb', at: 'c', after: '' });
    assert.deepEqual(markAt('a', 9), { before: 'a', at: '', after: '' });
  });
});

describe('A bulk of dead letters', () => {
  it('is told with its counts and the first refusal', () => {
    assert.equal(bulkText('discarded', { done: 1, skipped: 0 }), '1 dead letter discarded.');
    assert.equal(
      bulkText('on the way again', { done: 2, skipped: 2, reason: 'gone' }),
      '2 dead letters on the way again; 2 refused: gone',
    );
  });
});
