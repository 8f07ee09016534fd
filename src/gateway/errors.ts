import type { Answer } from '../engine/records/command.ts';

/**
 * The one table of what surfaces may answer when they cannot do what was asked: code → gRPC status → HTTP status.
 * Codes of rejections are Zeebe's; the others are ours. Every surface goes through it.
 */

/** gRPC status codes by name, with the numbers of the protocol. */
export const GRPC_STATUS = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

export type GrpcStatus = keyof typeof GRPC_STATUS;

export interface ErrorMapping {
  readonly grpc: GrpcStatus;
  readonly http: number;
  /** Title of the problem document. */
  readonly title: string;
}

export const ERRORS = {
  INVALID_ARGUMENT: { grpc: 'INVALID_ARGUMENT', http: 400, title: 'INVALID_ARGUMENT' },
  NOT_FOUND: { grpc: 'NOT_FOUND', http: 404, title: 'NOT_FOUND' },
  ALREADY_EXISTS: { grpc: 'ALREADY_EXISTS', http: 409, title: 'ALREADY_EXISTS' },
  INVALID_STATE: { grpc: 'FAILED_PRECONDITION', http: 409, title: 'INVALID_STATE' },
  PROCESSING_ERROR: { grpc: 'INTERNAL', http: 500, title: 'PROCESSING_ERROR' },
  /** The request cannot be read at all: no JSON, a value of the wrong type, an unknown property. */
  BAD_REQUEST: { grpc: 'INVALID_ARGUMENT', http: 400, title: 'Bad Request' },
  UNAUTHENTICATED: { grpc: 'UNAUTHENTICATED', http: 401, title: 'Unauthorized' },
  FORBIDDEN: { grpc: 'PERMISSION_DENIED', http: 403, title: 'FORBIDDEN' },
  ROUTE_NOT_FOUND: { grpc: 'UNIMPLEMENTED', http: 404, title: 'Not Found' },
  METHOD_NOT_ALLOWED: { grpc: 'UNIMPLEMENTED', http: 405, title: 'Method Not Allowed' },
  GONE: { grpc: 'OUT_OF_RANGE', http: 410, title: 'Gone' },
  PAYLOAD_TOO_LARGE: { grpc: 'RESOURCE_EXHAUSTED', http: 413, title: 'Content Too Large' },
  URI_TOO_LONG: { grpc: 'INVALID_ARGUMENT', http: 414, title: 'URI Too Long' },
  UNSUPPORTED_MEDIA_TYPE: { grpc: 'INVALID_ARGUMENT', http: 415, title: 'Unsupported Media Type' },
  /** Too much work is waiting; the same request may be tried again. */
  RESOURCE_EXHAUSTED: { grpc: 'RESOURCE_EXHAUSTED', http: 429, title: 'RESOURCE_EXHAUSTED' },
  /** The same below `/v2`, whose clients know backpressure by this status and title. */
  BACKPRESSURE: { grpc: 'RESOURCE_EXHAUSTED', http: 503, title: 'RESOURCE_EXHAUSTED' },
  CANCELLED: { grpc: 'CANCELLED', http: 499, title: 'Client Closed Request' },
  INTERNAL: { grpc: 'INTERNAL', http: 500, title: 'Internal Server Error' },
  UNIMPLEMENTED: { grpc: 'UNIMPLEMENTED', http: 501, title: 'Not Implemented' },
  /** The disk refuses writes, or the server is stopping. */
  UNAVAILABLE: { grpc: 'UNAVAILABLE', http: 503, title: 'Service Unavailable' },
  READ_MODEL_LAGGING: { grpc: 'UNAVAILABLE', http: 503, title: 'Service Unavailable' },
  DEADLINE_EXCEEDED: { grpc: 'DEADLINE_EXCEEDED', http: 504, title: 'DEADLINE_EXCEEDED' },
} as const satisfies Record<string, ErrorMapping>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal with its place in the table. `message` is shown to the caller. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** Further HTTP header fields of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
    this.headers = headers;
  }
}

/** Zeebe's frame around the reason of a rejection; clients and tests of Zeebe look for it. */
export function rejectionText(answer: Extract<Answer, { kind: 'rejected' }>): string {
  return `Command '${answer.intent}' rejected with code '${answer.type}': ${answer.reason}`;
}

/** The value of an accepted answer; throws a `GatewayError` for a rejection. */
export function acceptedOf<Value>(answer: Answer<Value>): Extract<Answer<Value>, { kind: 'accepted' }> {
  if (answer.kind === 'rejected') throw new GatewayError(answer.type, rejectionText(answer));
  return answer;
}

/** Any error as a refusal from the table. Undefined: it is no refusal but a mistake in the program. */
export function asGatewayError(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof Error)) return undefined;
  // Errors of the runtime may come from another thread, so they are told by their code and not by their class.
  switch ((error as { code?: unknown }).code) {
    case 'UNAVAILABLE':
    case 'DISK_FAILED':
      return new GatewayError('UNAVAILABLE', error.message, { 'retry-after': '1' });
    case 'OVERLOADED': {
      const retryAfterMs = Number((error as { retryAfterMs?: unknown }).retryAfterMs ?? 1000);
      const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
      return new GatewayError('RESOURCE_EXHAUSTED', error.message, { 'retry-after': String(seconds) });
    }
    case 'READ_MODEL_LAGGING':
      return new GatewayError('READ_MODEL_LAGGING', error.message, { 'retry-after': '1' });
    case 'HELD_BACK':
      return new GatewayError('DEADLINE_EXCEEDED', error.message);
    case 'INVALID_CURSOR':
    case 'CLOCK_BACKWARDS':
      return new GatewayError('INVALID_ARGUMENT', error.message);
    case 'CLOCK_NOT_CONTROLLABLE':
      return new GatewayError('FORBIDDEN', error.message);
    default:
      return undefined;
  }
}
