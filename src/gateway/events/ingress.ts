import { type CloudEvent, CloudEventError, decodeHttp } from '../../cloudevents/index.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { type GatewayRequest, type GatewayResponse, json, type Route } from '../http.ts';
import { DEFAULT_BATCH_LIMIT, DEFAULT_EVENT_LIMIT, type EventsContext } from './context.ts';

/**
 * `POST /events`: binary, structured and batch mode. Answers 202 when the events are synced, also for repeats and for
 * events that no process can use: what becomes of them is their fate, not an error of the sender.
 */
export function ingressRoutes({ runtime, bodyLimit, batchLimit }: EventsContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/events',
      accepts: 'any',
      bodyLimit: bodyLimit ?? DEFAULT_EVENT_LIMIT,
      handler: async (request) => {
        let events: readonly CloudEvent[];
        try {
          events = decodeHttp(headersOf(request), request.body, {
            maxEvents: batchLimit ?? DEFAULT_BATCH_LIMIT,
          }).events;
        } catch (error) {
          if (error instanceof CloudEventError) return refusal(error, request.path);
          throw error;
        }
        const accepted = events.length === 0 ? [] : await runtime.publish(events);
        return json(202, { accepted });
      },
    },
  ];
}

/** Headers with a list where one occurs more than once, which no attribute may. */
function headersOf({ rawHeaders }: GatewayRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    const known = headers[name];
    headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** A problem document (RFC 9457) that names the attribute and the rule. */
export function refusal(error: CloudEventError, instance: string): GatewayResponse {
  const { http: status, title } = ERRORS[CODES[error.status] ?? 'BAD_REQUEST'];
  const { code, rule, attribute, index, message } = error;
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({
      type: 'about:blank',
      title,
      status,
      detail: message,
      instance,
      code,
      rule,
      attribute,
      index,
    }),
  };
}
