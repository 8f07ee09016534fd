import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import {
  type GatewayRequest,
  type GatewayResponse,
  json,
  type Method,
  NO_CONTENT,
  type Route,
} from '../http.ts';
import type { JsonSchema, Operation } from './schema.ts';
import { type Body, type Members, readMembers, refuse, schemaOf } from './shape.ts';

/** What is known of a call before it is carried out. */
export interface Call<Shapes extends Members> {
  readonly body: Body<Shapes>;
  /** The first key in the path; -1 if it has none. */
  readonly key: number;
  readonly request: GatewayRequest;
}

interface Described<Shapes extends Members> {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** @defaultValue POST */
  readonly method?: Method;
  readonly path: string;
  /** Parameters in the query, which the operation reads by itself. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly queryRequired?: readonly string[];
  /** Members of the body; absent: the route takes none. */
  readonly body?: Shapes;
  /** Whether there has to be a body. @defaultValue if it has required members */
  readonly bodyRequired?: boolean;
  /** What is wrong with members that are right each by itself. */
  readonly check?: (body: Body<Shapes>) => readonly string[];
}

export interface OperationSpec<Shapes extends Members> extends Described<Shapes> {
  readonly answers: Operation['answers'];
  readonly answer: (call: Call<Shapes>) => Promise<GatewayResponse> | GatewayResponse;
}

/** A route with a JSON body that is described where it is carried out. */
export function operation<Shapes extends Members = Record<never, never>>(spec: OperationSpec<Shapes>): Route {
  const { method = 'POST', path, body: shapes, check, answers } = spec;
  const [, parameter] = /:(\w+Key)\b/.exec(path) ?? [];
  const takesBody = shapes !== undefined;
  const bodyRequired =
    takesBody && (spec.bodyRequired ?? Object.values(shapes).some(({ required }) => required));
  return {
    method,
    path,
    accepts: takesBody ? 'json' : method === 'DELETE' ? 'any' : 'none',
    operation: {
      id: spec.id,
      tag: spec.tag,
      summary: spec.summary,
      answers,
      ...(spec.query && { query: spec.query }),
      ...(spec.queryRequired && { queryRequired: spec.queryRequired }),
      ...(takesBody && { body: schemaOf(shapes), bodyType: 'application/json' }),
      ...(takesBody && !bodyRequired && { bodyOptional: true }),
    },
    handler: (request) => {
      if (bodyRequired && request.body.length === 0)
        throw new GatewayError('BAD_REQUEST', 'Required request body is missing');
      const key = parameter === undefined ? -1 : pathKey(request, parameter);
      const body = takesBody ? readMembers(Fields.ofBody(request), shapes) : ({} as Body<Shapes>);
      refuse(check?.(body) ?? []);
      return spec.answer({ body, key, request });
    },
  };
}

type Rejected = Extract<Answer, { readonly kind: 'rejected' }>;

export interface CommandSpec<Shapes extends Members, Value> extends Described<Shapes> {
  /** What the engine is asked for; several are done one after another, until one is rejected. */
  readonly command: (call: Call<Shapes>) => ClientCommand | readonly ClientCommand[];
  /** What a refusal is called here, where Camunda 8.9 calls it otherwise than Zeebe 8.6, whose words the engine has. */
  readonly refusal?: (rejected: Rejected) => Partial<Rejected>;
  /** What the caller is told when it is done; absent: nothing (204). */
  readonly shows?: JsonSchema;
  readonly show?: (accepted: { readonly key: number; readonly value: Value }) => object;
}

/** A route that asks the engine for something and tells what came of it. */
export function command<Shapes extends Members = Record<never, never>, Value = unknown>(
  runtime: Runtime,
  { command: ask, refusal, shows, show, ...described }: CommandSpec<Shapes, Value>,
): Route {
  return operation<Shapes>({
    ...described,
    answers: shows === undefined ? { 204: undefined } : { 200: shows },
    answer: async (call) => {
      let told: GatewayResponse = NO_CONTENT;
      const asked = ask(call);
      for (const one of Array.isArray(asked) ? asked : [asked]) {
        const answer = (await runtime.execute(one)) as Answer<Value>;
        const named = answer.kind === 'rejected' ? { ...answer, ...refusal?.(answer) } : answer;
        const accepted = acceptedOf(named);
        if (show !== undefined) told = json(200, show(accepted));
      }
      return told;
    },
  });
}
