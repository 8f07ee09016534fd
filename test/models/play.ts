import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseBpmn } from '../../src/bpmn/index.ts';
import type { ActivatedJobs } from '../../src/engine/commands/activate-jobs.ts';
import { createEngine, type Engine, MemoryState } from '../../src/engine/index.ts';
import type { ClientCommand } from '../../src/engine/records/command.ts';
import type { LogRecord } from '../../src/engine/records/log.ts';
import type { Document } from '../../src/engine/records/record.ts';
import { eventOfJob, type RouterJob } from '../../src/router/index.ts';

type Data = Readonly<Record<string, unknown>>;

/** An event that a process sent. */
export interface Sent {
  readonly type: string;
  readonly data: Data;
  readonly host: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly key: number;
  readonly waitType: string;
  readonly correlationKey: string | undefined;
}

const HOUR = 3_600_000;

/**
 * Plays a model by hand: events come in as messages, jobs go out as events by the router's own rules, and time moves
 * when the test says so. No network, no disk, no real clock.
 */
export class Play {
  /** Events that processes sent, in order. */
  readonly sent: Sent[] = [];
  /** Ids of the elements of one kind that completed, in order: the ends that were reached. */
  readonly ends: string[] = [];
  readonly incidents: string[] = [];
  #completed = 0;
  #terminated = 0;
  #started = 0;
  #now: number;
  #waiting: Waiting[] = [];
  readonly #jobTypes: readonly string[];
  readonly #engine: Engine = createEngine();
  readonly #state = new MemoryState();

  constructor(startAt = '2040-01-01T09:00:00Z', jobTypes: readonly string[] = ['cloudevents']) {
    this.#now = Date.parse(startAt);
    this.#jobTypes = jobTypes;
  }

  /** Instances that are running. */
  get running(): number {
    return this.#started - this.#completed - this.#terminated;
  }

  /** The present time plus some seconds, as events carry times. */
  in(seconds: number): string {
    return new Date(this.#now + seconds * 1_000).toISOString();
  }

  async deploy(file: string): Promise<void> {
    const resource = readFileSync(file, 'utf8');
    const resourceName = basename(file);
    const parsed = await parseBpmn(resourceName, resource);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
    const checksum = createHash('md5').update(resource).digest('base64');
    this.#do({
      valueType: 'DEPLOYMENT',
      intent: 'CREATE',
      value: { resources: [{ resourceName, resource, checksum, processes: parsed.processes }] },
    });
  }

  create(bpmnProcessId: string, data: Data = {}): void {
    this.#do({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId,
        processDefinitionKey: -1,
        version: -1,
        variables: documentOf(data),
        startInstructions: [],
        fetchVariables: [],
      },
    });
  }

  /** An event comes in that is no reply. */
  event(name: string, correlationKey: string, data: Data = {}, timeToLive = HOUR): void {
    this.#do({
      valueType: 'MESSAGE',
      intent: 'PUBLISH',
      value: { name, correlationKey, timeToLive, messageId: '', variables: documentOf(data) },
    });
  }

  /** An event comes in that is the reply to a waiting job. */
  reply(type: string, correlationKey: string | undefined, data: Data): void {
    const job = this.#waiting.find(
      (one) =>
        one.waitType === type && (correlationKey === undefined || one.correlationKey === correlationKey),
    );
    assert.ok(job, `a job waits for ${type} with the key ${correlationKey}`);
    this.#waiting = this.#waiting.filter((one) => one !== job);
    this.#do({ valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables: documentOf(data) } });
  }

  /** Lets time pass; what falls due happens at its time. */
  advance(seconds: number): void {
    const until = this.#now + seconds * 1_000;
    for (;;) {
      const next = this.#engine.nextDue(this.#state);
      if (next === undefined || next > until) break;
      this.#now = Math.max(this.#now, next);
      const due = this.#engine.due(this.#state, this.#now, 100);
      if (due.length === 0) this.#now += 1;
      // Of what falls due together, one may make another void: that one is then refused.
      for (const command of due) this.#do(command, ['accepted', 'rejected']);
    }
    this.#now = until;
  }

  types(): string[] {
    return this.sent.map((event) => event.type);
  }

  #do(command: ClientCommand, allowed: readonly string[] = ['accepted']): void {
    this.#send(command, allowed);
    while (this.#serveJobs()) {
      // Each job may make the next one.
    }
  }

  #send(command: ClientCommand, allowed: readonly string[] = ['accepted']): unknown {
    let turn = this.#engine.process(command, this.#state, this.#now);
    const { answer } = turn;
    assert.ok(allowed.includes(answer?.kind ?? ''), answer?.kind === 'rejected' ? answer.reason : 'answered');
    this.#read(turn.records);
    while (turn.pending) {
      const more = this.#engine.resume(this.#state, this.#now);
      if (more === undefined) break;
      turn = more;
      this.#read(turn.records);
    }
    return answer?.kind === 'accepted' ? answer.value : undefined;
  }

  #read(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.recordType !== 'EVENT') continue;
      if (record.valueType === 'INCIDENT' && record.intent === 'CREATED') {
        this.incidents.push(`${record.value.elementId}: ${record.value.errorMessage}`);
      }
      if (record.valueType !== 'PROCESS_INSTANCE') continue;
      const { bpmnElementType, elementId } = record.value;
      const completed = record.intent === 'ELEMENT_COMPLETED';
      if (completed && bpmnElementType === 'END_EVENT') this.ends.push(elementId);
      if (bpmnElementType !== 'PROCESS') continue;
      if (record.intent === 'ELEMENT_ACTIVATED') this.#started += 1;
      if (completed) this.#completed += 1;
      if (record.intent === 'ELEMENT_TERMINATED') this.#terminated += 1;
    }
  }

  /** Takes the jobs as the router does; false if there were none. */
  #serveJobs(): boolean {
    let served = false;
    for (const type of this.#jobTypes) {
      const batch = this.#send({
        valueType: 'JOB_BATCH',
        intent: 'ACTIVATE',
        value: {
          type,
          worker: 'router',
          timeout: 365 * 24 * HOUR,
          maxJobsToActivate: 100,
          fetchVariables: [],
        },
      }) as ActivatedJobs;
      for (const job of batch.jobs) {
        served = true;
        this.#serve(job);
      }
    }
    return served;
  }

  #serve(job: ActivatedJobs['jobs'][number]): void {
    const routed: RouterJob = { key: job.key, value: job.value, variables: job.value.variables };
    const made = eventOfJob(routed, { engineId: 'test', source: '/process/{processId}' }, this.#now);
    assert.ok(made.ok, made.ok ? '' : made.reason);
    const { event, host, wait } = made.outgoing;
    this.sent.push({
      type: String(event.attributes.get('type')),
      data: JSON.parse(new TextDecoder().decode(event.data)) as Data,
      host,
      attributes: Object.fromEntries(event.attributes),
    });
    if (wait === undefined) {
      this.#send({ valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables: new Map() } });
    } else {
      this.#waiting.push({
        key: job.key,
        waitType: wait.waitType ?? '',
        correlationKey: wait.correlationKey,
      });
    }
  }
}

function documentOf(data: Data): Document {
  return new Map(Object.entries(data).map(([name, value]) => [name, JSON.stringify(value)]));
}
