import { attribute, type CloudEvent, CloudEventError, typeOf } from '../../cloudevents/index.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { DEFAULT_EVENT_LIMIT } from '../events/context.ts';
import { refusedData } from '../events/data-check.ts';
import { refusal } from '../events/ingress.ts';
import { parseKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, type Route } from '../http.ts';
import type { LegacyContext } from './context.ts';
import { decodeLegacy, withExtensions } from './decode.ts';
import { outcomeOf } from './outcome.ts';

type Handle = (event: CloudEvent, request: GatewayRequest) => Promise<GatewayResponse>;

/**
 * Events at the paths of the router of 2020. All of them enter as at `POST /events` and are routed alike; only the
 * answer is the old one's: it tells what became of the event, with a status for it.
 */
export function legacyEventRoutes(context: LegacyContext): Route[] {
  const { runtime, events, validator, bodyLimit, authorize } = context;
  const route = (method: Route['method'], path: string, handle: Handle): Route => ({
    method,
    path,
    accepts: 'any',
    bodyLimit: bodyLimit ?? DEFAULT_EVENT_LIMIT,
    handler: async (request) => {
      let event: CloudEvent;
      try {
        event = decodeLegacy(request);
      } catch (error) {
        if (error instanceof CloudEventError) return refusal(error, request);
        throw error;
      }
      await authorize?.(request, [event]);
      return refusedData([event], validator, request.path) ?? handle(event, request);
    },
  });
  const publish: Handle = async (event, { path }) => {
    const [receipt] = await runtime.publish([event]);
    const story = receipt && (await events.story(receipt.sequence));
    if (!story) throw new GatewayError('INTERNAL', 'The event was stored, but the log does not show it.');
    return outcomeOf(story, receipt.duplicate, path);
  };
  return [
    route('POST', '/', publish),
    route('POST', '/message', publish),
    route('POST', '/workflow', publish),
    route('POST', '/error', (event, request) =>
      publish(withExtensions(event, { errorcode: typeOf(event) }), request),
    ),
    route('DELETE', '/workflow', async (event) => {
      const text = attribute(event, 'workflowinstancekey');
      const key = text === undefined ? undefined : parseKey(text);
      if (key === undefined) {
        throw new GatewayError(
          'BAD_REQUEST',
          "The event names no instance to cancel. Set the header 'Ce-WorkflowInstanceKey' to its key.",
        );
      }
      acceptedOf(await runtime.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key }));
      return json(200, { processInstanceKey: text });
    }),
  ];
}
