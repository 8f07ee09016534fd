import {
  CesqlExpression,
  CesqlParseError,
  type CloudEvent,
  CloudEventError,
  cesqlTypeOf,
  type Evaluation,
  type ExplainedFilter,
  type ExplainedPart,
  errorsOf,
  explainFilter,
  type Filter,
  FilterError,
  fromJsonText,
  parseFilter,
} from '../../cloudevents/index.ts';
import { GatewayError } from '../errors.ts';
import { Fields } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, type Route } from '../http.ts';
import type { EventsContext } from './context.ts';
import { refusal } from './ingress.ts';

const PATH = 'filter';

/**
 * `POST /api/filters/evaluate`: what a filter makes of an event, part by part. For people who write a filter: what is
 * wrong with the filter is part of the answer, and nothing is kept.
 */
export function filterEvaluationRoutes({ events }: EventsContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/filters/evaluate',
      accepts: 'json',
      handler: async (request) => {
        const fields = Fields.ofBody(request);
        const filter = fields.value('filter');
        const text = fields.text('event');
        const sequence = fields.integer('sequence', 1);
        fields.end();
        if (filter === undefined) {
          throw new GatewayError(
            'BAD_REQUEST',
            'The property filter is missing: a filter, an array of filters as in a subscription, or a CESQL expression as a string.',
          );
        }
        if ((text === undefined) === (sequence === undefined)) {
          throw new GatewayError(
            'BAD_REQUEST',
            'Give either event, a CloudEvent in the JSON format, or sequence, the number of an event in the log.',
          );
        }
        if (text !== undefined) return withEvent(request, text, (event) => evaluated(filter, event));
        const story = await events.story(sequence ?? 0);
        if (story === undefined) {
          throw new GatewayError('NOT_FOUND', `The event log holds no event with number ${sequence}.`);
        }
        return evaluated(filter, story.event);
      },
    },
  ];
}

function withEvent(
  request: GatewayRequest,
  text: string,
  work: (event: CloudEvent) => GatewayResponse,
): GatewayResponse {
  try {
    return work(fromJsonText(text));
  } catch (error) {
    if (error instanceof CloudEventError) return refusal(error, request);
    throw error;
  }
}

function evaluated(given: unknown, event: CloudEvent): GatewayResponse {
  let filters: readonly ExplainedFilter[];
  try {
    filters = filtersOf(given).map(([path, filter]) => explainFilter(filter, event, path));
  } catch (error) {
    if (error instanceof FilterError || error instanceof CesqlParseError) return unusable(error);
    throw error;
  }
  const [only, ...others] = filters;
  const single = only?.dialect === 'sql' && others.length === 0 ? shownValue(only.evaluation) : {};
  return json(200, {
    matches: filters.every(({ matches }) => matches),
    ...single,
    errors: filters.flatMap(errorsOf),
    parts: filters.map(shownFilter),
  });
}

/** All of them must match. A string is an expression whose value may have any type; the others are for subscriptions. */
function filtersOf(json: unknown): readonly (readonly [path: string, Filter])[] {
  if (typeof json === 'string') return [[PATH, { dialect: 'sql', expression: new CesqlExpression(json) }]];
  if (!Array.isArray(json)) return [[PATH, parseFilter(json, PATH)]];
  return json.map((filter: unknown, index) => {
    const path = `${PATH}[${index}]`;
    return [path, parseFilter(filter, path)] as const;
  });
}

/** A filter that cannot be used, for who is still typing it. */
function unusable(error: FilterError | CesqlParseError): GatewayResponse {
  const shown =
    error instanceof CesqlParseError
      ? { ...error.asError(), path: PATH }
      : { ...(error.cesql ?? { kind: 'filter', message: error.rule }), path: error.path };
  return json(200, { matches: false, errors: [shown], parts: [] });
}

function shownFilter(explained: ExplainedFilter): object {
  const { path, dialect, matches } = explained;
  const base = { path, dialect, matches };
  switch (explained.dialect) {
    case 'exact':
    case 'prefix':
    case 'suffix':
      return { ...base, attributes: explained.attributes };
    case 'all':
    case 'any':
    case 'not':
      return { ...base, parts: explained.parts.map(shownFilter) };
    case 'sql': {
      const { expression, evaluation, operands } = explained;
      const { errors } = evaluation;
      return { ...base, expression, ...shownValue(evaluation), errors, operands: operands.map(shownOperand) };
    }
  }
}

function shownOperand({ evaluation, parts, ...place }: ExplainedPart): object {
  return {
    ...place,
    evaluated: evaluation !== undefined,
    ...(evaluation && { ...shownValue(evaluation), errors: evaluation.errors }),
    operands: parts.map(shownOperand),
  };
}

function shownValue({ value }: Evaluation): { value: Evaluation['value']; type: string } {
  return { value, type: cesqlTypeOf(value) };
}
