import { fileURLToPath } from 'node:url';
import type { ClientCommand } from '../../engine/records/command.ts';
import { History, InlineReadModel, type RecordSource } from '../../history/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Session } from '../../testing/scenarios/session.ts';
import { GatewayError } from '../errors.ts';
import type { GatewayRequest, Method, Route } from '../http.ts';
import type { GatewayContext } from './context.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Routes over a real engine in memory, without sockets; models come from a folder of `scenarios/`. */
export class RestSession {
  readonly session: Session;
  readonly #routes: readonly Route[];
  readonly #history: InlineReadModel;

  constructor(scenario: string, routes: (context: GatewayContext) => readonly Route[]) {
    this.session = new Session(
      fileURLToPath(new URL(`../../../scenarios/${scenario}`, import.meta.url)),
      undefined,
    );
    const runtime = { execute: async (command: ClientCommand) => this.session.execute(command) };
    this.#history = new InlineReadModel(new History(':memory:', this.#records()));
    this.#routes = routes({
      runtime: runtime as unknown as Runtime,
      history: this.#history,
    } as unknown as GatewayContext);
  }

  /** The log of the session as the read model reads the journal. */
  #records(): RecordSource {
    const { log } = this.session;
    return {
      last: () => log.length,
      oldest: () => 1,
      read: (position, limit) =>
        log.slice(position, position + limit).map((record, at) => ({ position: position + at + 1, record })),
      cut: () => 0,
      close: () => undefined,
    };
  }

  close(): Promise<void> {
    return this.#history.close();
  }

  /** Deploys a model; gives the key of its definition. */
  async deploy(name: string): Promise<number> {
    const resources = [await this.session.resource(name)];
    const answer = this.session.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources } });
    if (answer.kind === 'rejected') throw new Error(answer.reason);
    const { processesMetadata } = answer.value as {
      processesMetadata: readonly { processDefinitionKey: number }[];
    };
    return processesMetadata[0]?.processDefinitionKey ?? -1;
  }

  /** Calls a route as the server would. A refusal is answered as `{title, detail}`. */
  post(path: string, body: unknown, params: Record<string, string> = {}): Promise<RestAnswer> {
    return this.call('POST', path, body, params);
  }

  async call(
    method: Method,
    path: string,
    body: unknown,
    params: Record<string, string>,
  ): Promise<RestAnswer> {
    const route = this.#routes.find((one) => one.path === path && one.method === method);
    if (route === undefined) throw new Error(`No route ${path}`);
    const text = new TextEncoder().encode(JSON.stringify(body));
    const request = { params, body: text, headers: {}, query: new URLSearchParams() };
    try {
      const answer = await route.handler(request as unknown as GatewayRequest);
      return { status: answer.status, body: JSON.parse(String(answer.body ?? '{}')) };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { status: 400, body: { code: error.code, detail: error.message } };
    }
  }
}
