import { type CloudEvent, CloudEventError, decodeHttp } from '../../cloudevents/index.ts';
import { defaultWebhook } from '../../config/webhook.ts';
import { asGatewayError, type ErrorCode, GatewayError } from '../errors.ts';
import {
  type GatewayRequest,
  type GatewayResponse,
  headerOf,
  problem,
  problemWith,
  type RequestHead,
  type Route,
} from '../http.ts';
import { DEFAULT_BATCH_LIMIT, DEFAULT_EVENT_LIMIT, type EventsContext } from './context.ts';
import { refusedData } from './data-check.ts';
import { grantedRates } from './granted-rates.ts';
import { answerHandshake, checkOrigin } from './handshake.ts';
import type { SenderRefusal } from './senders.ts';

const PATH = '/events';
const ACCEPTED = { 'content-type': 'application/json' };

/**
 * `POST /events`: binary, structured and batch mode. Answers 202 when the events are synced, also for repeats and for
 * events that no process can use: what becomes of them is their fate, not an error of the sender. Refuses with 400,
 * 401, 403, 413, 415, 429 and 503 only. `OPTIONS /events`: the handshake of webhooks.
 */
export function ingressRoutes(context: EventsContext): readonly Route[] {
  const { runtime, validator, bodyLimit, batchLimit, gate, webhook = defaultWebhook('127.0.0.1') } = context;
  const rates = grantedRates(webhook);
  const refusalOf = (events: readonly CloudEvent[], request: GatewayRequest): GatewayResponse | undefined => {
    const refused = gate?.refusal(request.caller ?? '', events, request);
    return refused ? refusedToSender(refused, request) : refusedData(events, validator, request.path);
  };
  return [
    {
      method: 'POST',
      path: PATH,
      accepts: 'any',
      direct: true,
      bodyLimit: bodyLimit ?? DEFAULT_EVENT_LIMIT,
      bodyLimitOption: '--max-event-bytes',
      ...((gate !== undefined || webhook.requireOrigin || rates !== undefined) && {
        admit: async (head: RequestHead) => {
          checkOrigin(head, webhook);
          const sender = await gate?.admit(head);
          // Last, so that nobody uses up what another one was granted.
          rates?.check(head);
          return sender;
        },
      }),
      handler: async (request) => {
        try {
          const events = eventsOf(request, batchLimit ?? DEFAULT_BATCH_LIMIT);
          const refused = refusalOf(events, request);
          if (refused) return kept(request, refused);
          const accepted = events.length === 0 ? [] : await runtime.publish(events);
          return kept(request, { status: 202, headers: ACCEPTED, body: JSON.stringify({ accepted }) });
        } catch (error) {
          if (error instanceof CloudEventError) return kept(request, refusal(error, request));
          const known = asGatewayError(error);
          if (known) return kept(request, problem(known, request.path));
          throw error;
        }
      },
    },
    {
      method: 'OPTIONS',
      path: PATH,
      accepts: 'none',
      handler: (request) => answerHandshake(request, webhook),
    },
  ];
}

function eventsOf(request: GatewayRequest, maxEvents: number): readonly CloudEvent[] {
  checkCodings(request);
  return decodeHttp(request.rawHeaders, request.body, { maxEvents }).events;
}

/** A body that is coded would be kept coded, and decoding it may make a small one boundless. */
function checkCodings({ rawHeaders }: GatewayRequest): void {
  const content = headerOf(rawHeaders, 'content-encoding') ?? 'identity';
  const transfer = headerOf(rawHeaders, 'transfer-encoding') ?? 'chunked';
  const [field, coding] =
    content.toLowerCase() === 'identity' ? ['Transfer-Encoding', transfer] : ['Content-Encoding', content];
  if (field === 'Transfer-Encoding' && transfer.toLowerCase() === 'chunked') return;
  throw new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    `${field} '${coding.slice(0, 60)}' is not understood; send the body as it is, without ${field}.`,
    { 'accept-encoding': 'identity' },
  );
}

/** An answer to a request with its token in the address must not be kept by caches for others (RFC 6750, 2.3). */
function kept({ query }: RequestHead, response: GatewayResponse): GatewayResponse {
  if (!query.has('access_token')) return response;
  return { ...response, headers: { ...response.headers, 'cache-control': 'private' } };
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** A problem document (RFC 9457) that names the attribute and the rule. */
export function refusal(error: CloudEventError, { path }: Pick<RequestHead, 'path'>): GatewayResponse {
  const { code, rule, attribute, index, message } = error;
  const detail = code === 'batchTooLarge' ? `${message}, or start with a larger --max-batch` : message;
  return problemWith(CODES[error.status] ?? 'BAD_REQUEST', path, { detail, code, rule, attribute, index });
}

function refusedToSender(refused: SenderRefusal, { path }: RequestHead): GatewayResponse {
  const { attribute, rule, index } = refused;
  return problemWith('FORBIDDEN', path, {
    detail: `attribute '${attribute}': ${rule}`,
    attribute,
    rule,
    index,
  });
}
