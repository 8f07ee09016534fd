import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseBpmn } from '../../bpmn/index.ts';
import type { EventStory } from '../../broker/index.ts';
import { type CloudEvent, decodeHttp, encodeUtf8, makeEvent } from '../../cloudevents/index.ts';
import { createEngine } from '../../engine/create-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import type { JobValue } from '../../engine/records/record.ts';
import { TABLES } from '../../engine/state/tables.ts';
import type { Fate } from '../../router/index.ts';
import { DataFolder } from '../../store/folder.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { DurableRuntime } from '../client.ts';
import { startInlineRuntime } from '../inline.ts';
import type { LogEntry } from '../protocol.ts';
import { type EventedRuntime, startWithEvents } from './event-side.ts';
import type { Events } from './events.ts';
import { eventModules } from './module.ts';
import type { EventsSettings } from './settings.ts';

/** Epoch ms at which every test begins. */
export const START = Date.parse('2030-01-01T12:00:00Z');

export interface WorldOptions {
  readonly settings?: Partial<EventsSettings>;
  readonly data?: string;
  readonly engine?: Engine;
  /** Called before each commit; what it throws is taken for a failure of the disk. */
  readonly faults?: () => void;
  readonly timeoutMs?: number;
  readonly window?: number;
  readonly graceMs?: number;
  /** Requests to all sinks at a time. */
  readonly overall?: number;
  readonly publicUrl?: () => string | undefined;
}

/** A data folder with runtime, real engine and real deliveries; the clock stands still until it is moved. */
export interface World {
  readonly data: string;
  readonly runtime: DurableRuntime;
  readonly events: Events;
  readonly log: readonly LogEntry[];
  deploy(...xml: readonly string[]): Promise<void>;
  execute(command: ClientCommand): Promise<Answer>;
  /** Publishes one event; answers its sequence. */
  publish(event: CloudEvent): Promise<number>;
  /** Kinds of the event's fates, once nothing is left to be routed. */
  fates(sequence: number): Promise<readonly string[]>;
  story(sequence: number): Promise<EventStory>;
  /** Moves the clock and lets all that is due happen. */
  pass(ms: number): Promise<void>;
  /** All records of the journal. */
  journal(): readonly JournalRecord[];
  close(): Promise<void>;
}

export async function openWorld(t: TestContext, options: WorldOptions = {}): Promise<World> {
  const data = options.data ?? temporaryFolder(t);
  const { settings = {}, faults, timeoutMs, window, graceMs, overall, publicUrl } = options;
  const log: LogEntry[] = [];
  let now = START;
  const started: EventedRuntime = await startWithEvents(
    startInlineRuntime,
    {
      data,
      clock: 'controllable',
      systemTime: () => now,
      log: (entry) => log.push(entry),
      limits: { probeMs: 1, maxProbeMs: 1 },
      writer: {
        engine: options.engine ?? createEngine(),
        tables: TABLES,
        modules: eventModules({ settings, chance: () => 1, newEngineId: () => 'engine-1' }),
        reservedJobTypes: settings.jobTypes ?? ['cloudevents', 'knative'],
      },
      ...(faults && { faults }),
    },
    {
      settings,
      newId: ids('subscription'),
      ...(publicUrl && { publicUrl }),
      onError: (error) => assert.fail(String(error)),
      deliverer: {
        ...(timeoutMs !== undefined && { post: { timeoutMs } }),
        ...(window !== undefined && { window }),
        ...(overall !== undefined && { overall }),
        graceMs: graceMs ?? 0,
      },
    },
  );
  const { runtime, events } = started;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= started.close();
    return closed;
  };
  t.after(close);
  now = Math.max(now, runtime.clock().now);
  await runtime.setClock(now);
  const story = async (sequence: number): Promise<EventStory> =>
    (await events.story(sequence)) ?? assert.fail(`no event ${sequence}`);
  return {
    data,
    runtime,
    events,
    log,
    close,
    story,
    deploy: async (...xml) => {
      const answer = await runtime.execute(await deployment(xml));
      assert.equal(answer.kind, 'accepted', JSON.stringify(answer));
    },
    execute: async (command) => {
      const answer = await runtime.execute(command);
      await settle(runtime);
      return answer;
    },
    publish: async (event) => {
      const [receipt] = await runtime.publish([event]);
      await settle(runtime);
      return receipt?.sequence ?? assert.fail('no receipt');
    },
    fates: async (sequence) => (await story(sequence)).fates.map(({ fate }) => fate.kind),
    pass: async (ms) => {
      now = runtime.clock().now + ms;
      await runtime.setClock(now);
    },
    journal: () => {
      const reader = DataFolder.readJournal(data);
      try {
        return reader.read(0, 100_000).map(({ record }) => record);
      } finally {
        reader.db.close();
      }
    },
  };
}

/** Setting the clock to where it is resolves when nothing is left over. */
function settle(runtime: DurableRuntime): Promise<void> {
  return runtime.setClock(runtime.clock().now);
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-events-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function ids(prefix: string): () => string {
  let last = 0;
  return () => `${prefix}-${++last}`;
}

async function deployment(xml: readonly string[]): Promise<ClientCommand> {
  const resources = await Promise.all(
    xml.map(async (resource, index) => {
      const resourceName = `model-${index}.bpmn`;
      const parsed = await parseBpmn(resourceName, resource);
      assert.ok(parsed.ok, JSON.stringify(parsed));
      const checksum = createHash('md5').update(resource).digest('base64');
      return { resourceName, resource, checksum, processes: parsed.processes };
    }),
  );
  return { valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources } };
}

// --- Events

let eventCount = 0;

export interface EventParts {
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  /** JSON text; no data without it. */
  readonly data?: string;
  readonly contentType?: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** An event as a service would send it. */
export function eventOf(type: string, parts: EventParts = {}): CloudEvent {
  eventCount += 1;
  const { id = `e-${eventCount}`, source = '/test', subject, data, contentType, extensions = {} } = parts;
  return makeEvent({
    id,
    source,
    type,
    subject,
    extensions,
    ...(data !== undefined && {
      datacontenttype: contentType ?? 'application/json',
      data: encodeUtf8(data),
    }),
  });
}

// --- Sinks

export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CloudEvent;
}

export interface Sink {
  readonly url: string;
  readonly received: readonly Received[];
  /** How requests are answered from now on; 204 at first. */
  answer: (response: ServerResponse, received: Received) => void;
  /** Resolves when this many requests have come in all. */
  reached(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

export async function openSink(t: TestContext): Promise<Sink> {
  const received: Received[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const [event] = decodeHttp(request.headersDistinct, body).events;
      const one = {
        url: request.url ?? '',
        headers: request.headers,
        body: body.toString(),
        event: event ?? assert.fail(),
      };
      received.push(one);
      sink.answer(response, one);
      for (const { count, resolve } of waiting) if (received.length >= count) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sink`,
    received,
    answer: (response) => response.writeHead(204).end(),
    reached: async (count) => {
      if (received.length < count)
        await new Promise<void>((resolve) => {
          waiting.push({ count, resolve });
        });
      return received;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  t.after(() => sink.close());
  return sink;
}

/** Looks again at each round of the event loop until `look` finds something. */
export async function eventually<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

// --- Models

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="definitions" targetNamespace="http://example.com/events">`;

/** A process of elements in a row: `xml` holds each element's own XML, with `$FLOWS` where its flows belong. */
export function modelOf(processId: string, elements: readonly string[], outside = ''): string {
  const flow = (index: number): string => `f${index}`;
  const placed = elements.map((xml, index) => {
    const incoming = index === 0 ? '' : `<bpmn:incoming>${flow(index - 1)}</bpmn:incoming>`;
    const outgoing = index === elements.length - 1 ? '' : `<bpmn:outgoing>${flow(index)}</bpmn:outgoing>`;
    return xml.replace('$FLOWS', incoming + outgoing);
  });
  const id = (xml: string): string => /id="([^"]+)"/.exec(xml)?.[1] ?? assert.fail(xml);
  const flows = elements
    .slice(1)
    .map(
      (xml, index) =>
        `<bpmn:sequenceFlow id="${flow(index)}" sourceRef="${id(elements[index] ?? '')}" targetRef="${id(xml)}"/>`,
    );
  const process = `<bpmn:process id="${processId}" isExecutable="true">${placed.join('')}${flows.join('')}</bpmn:process>`;
  return `${HEAD}${outside}${process}</bpmn:definitions>`;
}

export const start = '<bpmn:startEvent id="start">$FLOWS</bpmn:startEvent>';
export const end = '<bpmn:endEvent id="end">$FLOWS</bpmn:endEvent>';

export function message(name: string, key?: string): string {
  const subscription =
    key === undefined
      ? ''
      : `<bpmn:extensionElements><zeebe:subscription correlationKey="${key}"/></bpmn:extensionElements>`;
  return `<bpmn:message id="m-${name}" name="${name}">${subscription}</bpmn:message>`;
}

export function startBy(name: string): string {
  return `<bpmn:startEvent id="start">$FLOWS<bpmn:messageEventDefinition messageRef="m-${name}"/></bpmn:startEvent>`;
}

export function receive(id: string, name: string, ttl?: string): string {
  const properties =
    ttl === undefined
      ? ''
      : `<bpmn:extensionElements><zeebe:properties><zeebe:property name="messageTtl" value="${ttl}"/></zeebe:properties></bpmn:extensionElements>`;
  return `<bpmn:receiveTask id="${id}" messageRef="m-${name}">${properties}$FLOWS</bpmn:receiveTask>`;
}

/** A service task whose job the router serves. */
export function send(id: string, headers: Readonly<Record<string, string>>, type = 'cloudevents'): string {
  const list = Object.entries(headers).map(([key, value]) => `<zeebe:header key="${key}" value="${value}"/>`);
  return `<bpmn:serviceTask id="${id}" name="Task ${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${type}"/>
    <zeebe:taskHeaders>${list.join('')}</zeebe:taskHeaders></bpmn:extensionElements>$FLOWS</bpmn:serviceTask>`;
}

/** Starts an instance; answers its key. */
export async function startInstance(
  world: World,
  bpmnProcessId: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const answer = await world.execute({
    valueType: 'PROCESS_INSTANCE_CREATION',
    intent: 'CREATE',
    value: {
      bpmnProcessId,
      processDefinitionKey: -1,
      version: -1,
      variables: new Map(Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)])),
      startInstructions: [],
      fetchVariables: [],
    },
  });
  assert.equal(answer.kind, 'accepted', JSON.stringify(answer));
  const { processInstanceKey } = (answer as { value: { processInstanceKey: number } }).value;
  return processInstanceKey;
}

/** What became of an event first. */
export async function firstFate(world: World, sequence: number): Promise<Fate> {
  const [first] = (await world.story(sequence)).fates;
  return (first?.fate as Fate | undefined) ?? assert.fail(`event ${sequence} has no fate`);
}

/** JSON texts of the variables that were created, by name. */
export function variablesOf(world: World): Readonly<Record<string, string>> {
  const created = world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'VARIABLE' && intent === 'CREATED')
    .map(({ value }) => value as { name: string; value: string });
  return Object.fromEntries(created.map(({ name, value }) => [name, value]));
}

/** Ids of the elements that were completed, in order. */
export function completed(world: World): string[] {
  return world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'PROCESS_INSTANCE' && intent === 'ELEMENT_COMPLETED')
    .map(({ value }) => (value as { elementId: string }).elementId);
}

/** Keys and values of the jobs that were created. */
export function jobsOf(world: World): { readonly key: number; readonly value: JobValue }[] {
  return world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'JOB' && intent === 'CREATED')
    .map(({ key, value }) => ({ key, value: value as JobValue }));
}

export function incidentsOf(world: World): string[] {
  return world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'INCIDENT' && intent === 'CREATED')
    .map(({ value }) => (value as { errorMessage: string }).errorMessage);
}
