import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { type Place, placesOf } from './places.ts';

const types = new Set(['cloudevents']);

async function placesIn(model: string): Promise<readonly Place[]> {
  const file = new URL(`../../examples/concert/models/${model}`, import.meta.url);
  const parsed = await parseBpmn(model, readFileSync(file, 'utf8'));
  const [graph] = parsed.ok ? parsed.processes : [];
  return placesOf(graph ?? assert.fail(), types);
}

const at = (places: readonly Place[], elementId: string): Place =>
  places.find((place) => place.elementId === elementId) ?? assert.fail(elementId);

test('places stand in the order in which the model expects their events, loops and alternatives included', async () => {
  const places = await placesIn('tickets-see.bpmn');
  const ids = places.map(({ elementId }) => elementId);
  const main = [
    ...['queueJoined', 'turnCame', 'wishMade', 'seatsReserved'],
    ...['paymentOpened', 'paymentAuthorized', 'ticketsIssued'],
  ];
  assert.deepEqual(
    ids.filter((id) => main.includes(id)),
    main,
  );
  assert.equal(ids.length, 11);
});

test('a place knows what may come directly before it, over gateways, subprocesses and back', async () => {
  const places = await placesIn('tickets.bpmn');
  assert.deepEqual([...at(places, 'wishMade').follows].sort(), ['tellRefused', 'turnCame']);
  assert.deepEqual(at(places, 'paymentAuthorized').follows, ['openPayment']);
  assert.deepEqual([...at(places, 'issueTickets').follows].sort(), ['paymentAuthorized', 'paymentRefused']);
  assert.deepEqual(at(places, 'queueJoined').follows, []);
});

test('a place knows its kind, its events and the choice that it is part of', async () => {
  const places = await placesIn('tickets.bpmn');
  const { kind, awaits, sends } = at(places, 'openPayment');
  assert.deepEqual(
    { kind, awaits, sends },
    {
      kind: 'request',
      awaits: 'Payments.RequestReceived',
      sends: 'Tickets.CheckedOut',
    },
  );
  assert.equal(at(places, 'queueJoined').kind, 'start');
  assert.equal(at(places, 'customerLeft').kind, 'option');
  assert.equal(at(places, 'remind').kind, 'send');
  assert.equal(at(places, 'seatsReserved').choice, 'waitingForAnswer');
  assert.equal(at(places, 'wishRefused').choice, 'waitingForAnswer');
});

test('the order goes through links', async () => {
  const places = await placesIn('tickets-decide.bpmn');
  assert.ok(at(places, 'tellCheckoutOver').follows.includes('seatsReserved'));
});

test('tasks of other workers are no places', async () => {
  const file = new URL('../../examples/concert/models/tickets.bpmn', import.meta.url);
  const parsed = await parseBpmn('tickets.bpmn', readFileSync(file, 'utf8'));
  const [graph] = parsed.ok ? parsed.processes : [];
  const places = placesOf(graph ?? assert.fail(), new Set());
  assert.ok(places.every(({ kind }) => kind !== 'send' && kind !== 'request'));
});
