import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './children.ts';
import { eventRequest, type LoadFigures, load, type Wire } from './load.ts';

/** What is measured of one run. */
export interface Figures extends LoadFigures {
  /** Events a second until all effects were there: delivered, and in the read model. */
  readonly settledPerSecond: number;
  /** ms from sending to the sink, if there is one. */
  readonly toSink?: { readonly p50: number; readonly p99: number };
}

export interface Run {
  readonly events: number;
  readonly connections: number;
  readonly rate?: number;
}

/** A server under load. */
export interface Subject {
  readonly url: string;
  /** Of the server's process. */
  readonly pid: number;
  run(run: Run): Promise<Figures>;
  stop(): Promise<void>;
}

export type Kind = 'bare' | 'synced' | 'log' | 'sink' | 'process';

export function openSubject(kind: Kind): Promise<Subject> {
  return kind === 'bare' || kind === 'synced' ? openReference(kind) : openTutti(kind);
}

async function openReference(kind: 'bare' | 'synced'): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const child = await startChild<{ port: number }>('./reference.ts', kind, folder);
  const url = `http://127.0.0.1:${child.hello.port}`;
  let number = 0;
  return {
    url,
    pid: child.pid,
    run: async ({ events, ...options }) => {
      const figures = await load({ url, requests: events, ...options, request: () => plain(number++) });
      return { ...figures, settledPerSecond: figures.perSecond };
    },
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const plain = (number: number): Wire =>
  eventRequest({ id: String(number), type: 'Bench.Nothing', key: String(number) });

/** Starts an instance with one event and ends it with another. */
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench">
  <bpmn:message id="begun" name="Bench.Begun"/>
  <bpmn:message id="ended" name="Bench.Ended"><bpmn:extensionElements><zeebe:subscription correlationKey="=orderId"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="bench" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>one</bpmn:outgoing><bpmn:messageEventDefinition messageRef="begun"/></bpmn:startEvent>
    <bpmn:sequenceFlow id="one" sourceRef="start" targetRef="wait"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:incoming>one</bpmn:incoming><bpmn:outgoing>two</bpmn:outgoing><bpmn:messageEventDefinition messageRef="ended"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="two" sourceRef="wait" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>two</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;

async function openTutti(kind: 'log' | 'sink' | 'process'): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const child = await startChild<{ url: string }>('./server.ts', folder);
  const { url } = child.hello;
  const sink = kind === 'sink' ? await startChild<{ port: number }>('./sink.ts') : undefined;
  if (sink) {
    await post(`${url}/subscriptions`, {
      types: ['Bench.Nothing'],
      sink: `http://127.0.0.1:${sink.hello.port}/`,
      protocol: 'HTTP',
    });
  }
  if (kind === 'process') await deploy(url);
  let number = 0;
  const request = kind === 'process' ? () => pair(number++) : () => plain(number++);
  return {
    url,
    pid: child.pid,
    run: async ({ events, ...options }) => {
      const began = performance.now();
      const figures = await load({ url, requests: events, ...options, request });
      const toSink = sink && (await received(sink, events));
      await caughtUp(url);
      const settledPerSecond = (events / (performance.now() - began)) * 1000;
      return { ...figures, settledPerSecond, ...(toSink && { toSink }) };
    },
    stop: async () => {
      await child.stop();
      await sink?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** 64 instances are begun, then they are ended, so that every event moves one. */
const GROUP = 64;

function pair(number: number): Wire {
  const half = Math.floor(number / GROUP);
  const key = String(Math.floor(half / 2) * GROUP + (number % GROUP));
  const type = half % 2 === 0 ? 'Bench.Begun' : 'Bench.Ended';
  return eventRequest({ id: String(number), type, key });
}

async function deploy(url: string): Promise<void> {
  const form = new FormData();
  form.append('resources', new Blob([MODEL]), 'bench.bpmn');
  const response = await fetch(`${url}/v2/deployments`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(await response.text());
}

export async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}

/** Waits until the sink has seen all; repeats would show as too many. */
async function received(
  sink: Child<unknown>,
  events: number,
): Promise<{ readonly p50: number; readonly p99: number }> {
  for (;;) {
    const seen = await sink.ask<{ received: number; p50: number; p99: number }>('figures');
    if (seen.received > events) throw new Error(`the sink got ${seen.received} of ${events} events`);
    if (seen.received === events) {
      await sink.ask('forget');
      return seen;
    }
    await pause(5);
  }
}

/** Waits until the read model has taken all that is in the journal. */
async function caughtUp(url: string): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (/^tutti_history_lag_records 0$/m.test(text)) return;
    await pause(5);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
