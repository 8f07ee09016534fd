import { encodeBatch, encodeBinary } from '../cloudevents/index.ts';
import { type Event, type NewEvent, toCloudEvent } from './event.ts';
import { type FollowedEvent, type FollowOptions, followEvents } from './follow.ts';
import { Connection, type ConnectionOptions } from './http.ts';
import type { JobHandler, Variables } from './job.ts';
import { Worker, type WorkerOptions } from './worker.ts';

export interface ClientOptions extends ConnectionOptions {
  /** Source of events that are published without one. @defaultValue `/client` */
  readonly source?: string;
}

/** What became of an event at the moment it was stored. */
export interface AcceptedEvent {
  readonly source: string;
  readonly id: string;
  /** Place in the event log; of the first arrival if this one is a duplicate. */
  readonly sequence: number;
  readonly duplicate: boolean;
}

/** A file to deploy; the ending of its name tells what it is: .bpmn, .dmn or .form. */
export interface Resource {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface DeployedProcess {
  readonly processDefinitionId: string;
  readonly processDefinitionVersion: number;
  readonly processDefinitionKey: string;
  readonly resourceName: string;
}

export interface Deployment {
  readonly deploymentKey: string;
  readonly processes: readonly DeployedProcess[];
}

export interface StartOptions {
  /** @defaultValue the latest */
  readonly version?: number;
  readonly tags?: readonly string[];
  readonly businessId?: string;
}

export interface ResultOptions extends StartOptions {
  /** ms to wait for the end of the instance. @defaultValue 10,000 */
  readonly timeoutMs?: number;
  /** Names of the variables to answer. @defaultValue all */
  readonly fetchVariables?: readonly string[];
}

export interface StartedInstance {
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionVersion: number;
  readonly processDefinitionKey: string;
}

export interface MessageOptions {
  /** ms that it waits for somebody to wait for it. @defaultValue 0 */
  readonly timeToLive?: number;
  /** Of two messages with the same name, key and id that live, the second is refused. */
  readonly messageId?: string;
}

/** As the CloudEvents Subscriptions API has it, see `docs/delivery.md`. */
export interface NewSubscription {
  readonly sink: string;
  readonly source?: string;
  readonly types?: readonly string[];
  readonly filters?: readonly unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly protocolsettings?: Readonly<Record<string, unknown>>;
  /** Signs deliveries, see `receiveEvents`; at least 24 bytes. */
  readonly secret?: string;
}

/** A server, over HTTP. All methods reject with {@link TuttiError} for what it refuses. */
export class TuttiClient {
  readonly #connection: Connection;
  readonly #source: string;

  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
    this.#source = options.source ?? '/client';
  }

  /**
   * Publishes one event (binary mode) or several (as a batch, all or none). `id`, `source` and `time` are filled in
   * where they are missing. Resolves when the events are on disk.
   */
  publish(event: NewEvent): Promise<AcceptedEvent>;
  publish(events: readonly NewEvent[]): Promise<readonly AcceptedEvent[]>;
  async publish(given: NewEvent | readonly NewEvent[]): Promise<AcceptedEvent | readonly AcceptedEvent[]> {
    const isBatch = Array.isArray(given);
    const list = (isBatch ? given : [given]) as readonly NewEvent[];
    const events = list.map((event) => toCloudEvent(this.#complete(event)));
    const [first] = events;
    if (first === undefined) return [];
    const { headers, body } = isBatch ? encodeBatch(events) : encodeBinary(first);
    const response = await this.#connection.send('/events', { headers, body });
    const { accepted } = (await response.json()) as { readonly accepted: readonly AcceptedEvent[] };
    return isBatch ? accepted : (accepted[0] as AcceptedEvent);
  }

  /** Deploys files together. */
  async deploy(...resources: readonly Resource[]): Promise<Deployment> {
    const form = new FormData();
    for (const { name, content } of resources)
      form.append('resources', new Blob([content as string | Uint8Array<ArrayBuffer>]), name);
    const response = await this.#connection.send('/v2/deployments', { body: form });
    const { deploymentKey, deployments } = (await response.json()) as {
      readonly deploymentKey: string;
      readonly deployments: readonly { readonly processDefinition: DeployedProcess | null }[];
    };
    return { deploymentKey, processes: deployments.flatMap(({ processDefinition: one }) => one ?? []) };
  }

  start(
    processDefinitionId: string,
    variables: Variables = {},
    { version, ...options }: StartOptions = {},
  ): Promise<StartedInstance> {
    return this.#connection.json('/v2/process-instances', {
      processDefinitionId,
      variables,
      ...(version !== undefined && { processDefinitionVersion: version }),
      ...options,
    });
  }

  /** Starts an instance and waits for its end; rejects with status 504 if that takes longer. */
  startWithResult<Result = Variables>(
    processDefinitionId: string,
    variables: Variables = {},
    { version, timeoutMs, ...options }: ResultOptions = {},
  ): Promise<StartedInstance & { readonly variables: Result }> {
    return this.#connection.json('/v2/process-instances', {
      processDefinitionId,
      variables,
      awaitCompletion: true,
      ...(version !== undefined && { processDefinitionVersion: version }),
      ...(timeoutMs !== undefined && { requestTimeout: timeoutMs }),
      ...options,
    });
  }

  async cancel(processInstanceKey: string): Promise<void> {
    await this.#connection.json(`/v2/process-instances/${processInstanceKey}/cancellation`, {});
  }

  /** Answers the key of the message. */
  async publishMessage(
    name: string,
    correlationKey: string,
    variables: Variables = {},
    options: MessageOptions = {},
  ): Promise<string> {
    const request = { name, correlationKey, variables, ...options };
    const answer = await this.#connection.json<{ messageKey: string }>('/v2/messages/publication', request);
    return answer.messageKey;
  }

  /** Answers the key of the signal. */
  async broadcastSignal(signalName: string, variables: Variables = {}): Promise<string> {
    const request = { signalName, variables };
    const answer = await this.#connection.json<{ signalKey: string }>('/v2/signals/broadcast', request);
    return answer.signalKey;
  }

  /** Does jobs of a type until it is stopped. */
  worker<Input = Variables, Output = Variables>(
    type: string,
    handler: JobHandler<Input, Output>,
    options: WorkerOptions = {},
  ): Worker {
    return new Worker(this.#connection, type, handler, options);
  }

  /** Has events delivered to a sink from now on; answers the id of the subscription. */
  async subscribe({ secret, protocolsettings, ...subscription }: NewSubscription): Promise<string> {
    const settings =
      secret === undefined
        ? protocolsettings
        : { ...protocolsettings, hmac: { algorithm: 'sha256', secret } };
    const answer = await this.#connection.json<{ readonly id: string }>('/subscriptions', {
      protocol: 'HTTP',
      ...subscription,
      ...(settings && { protocolsettings: settings }),
    });
    return answer.id;
  }

  async unsubscribe(id: string): Promise<void> {
    await this.#connection.json(`/subscriptions/${encodeURIComponent(id)}`, undefined, { method: 'DELETE' });
  }

  /** Events of the log as they come, each once and in order, over lost connections too. */
  follow(options: FollowOptions = {}): AsyncGenerator<FollowedEvent> {
    return followEvents(this.#connection, options);
  }

  #complete(event: NewEvent): Event {
    return { id: crypto.randomUUID(), source: this.#source, time: new Date().toISOString(), ...event };
  }
}
