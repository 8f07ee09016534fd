/** The options of the server, their defaults, and how each is written on the command line and in the environment. */

import { OptionError } from './cli/flags.ts';
import type { TuttiConfig } from './config/index.ts';
import { hostPort, integer, isAge, isKeptSize, LEAST_KEPT, nonEmpty, oneOf, port } from './option-values.ts';
import { durationMs } from './router/index.ts';

/** Maps one host that models name to the one that is meant, such as `http://tickets` to `http://127.0.0.1:8082`. */
export interface HostMapping {
  readonly from: string;
  readonly to: string;
}

export interface TuttiOptions {
  /** Folder of all data; created if missing. One process at a time. @defaultValue `./data` */
  readonly data: string;
  /** Address to bind; the default is reachable from this machine only. @defaultValue `127.0.0.1` */
  readonly host: string;
  /** Port of REST, events and console; 0 takes any free one. @defaultValue 8080 */
  readonly http: number;
  /** Port of Zeebe's gRPC; 0 takes any free one. @defaultValue 26500 */
  readonly grpc: number;
  /** `controllable` lets `PUT /v2/clock` move the time: for tests only. @defaultValue `system` */
  readonly clock: 'system' | 'controllable';
  /** Further `host`, `host:port` or `http://host:port` to which events may be delivered; loopback always may. @defaultValue none */
  readonly allowTargets: readonly string[];
  /** Other hosts for those that models name. @defaultValue none */
  readonly hostMap: readonly HostMapping[];
  /** Address that gets events which were given up, unless a subscription names another; empty: the list keeps them. */
  readonly deadLetterSink: string;
  /** Job types that the router serves. @defaultValue `cloudevents`, `knative` */
  readonly routerTypes: readonly string[];
  /** True for receivers of 2020: `bpmnactivityid` is a key and `bpmnactivityname` an id. @defaultValue false */
  readonly legacyActivityIds: boolean;
  /** Further names under which the server is reached; requests with another `Host` get 403. @defaultValue none */
  readonly knownHosts: readonly string[];
  /** Origins of other pages that may call the server. @defaultValue none */
  readonly allowOrigins: readonly string[];
  /** Bytes of the body of one request to `POST /events`, from 64 KiB to 64 MiB. @defaultValue 4194304 */
  readonly maxEventBytes: number;
  /** Events of one batch. @defaultValue 1000 */
  readonly maxBatch: number;
  /** Whether the engine has a thread of its own; without, the server needs less memory and does less at a time. @defaultValue true */
  readonly writerThread: boolean;
  /** ms that ended instances, the journal and (unless the configuration says otherwise) events are kept. @defaultValue 7 days */
  readonly retentionAge: number;
  /** Bytes of the journal, of the event log, and of the read model, that are kept. @defaultValue 1 GiB */
  readonly retentionSize: number;
  /** What a `tutti.yaml` says. @defaultValue that of the data folder, if there is one */
  readonly config?: TuttiConfig;
}

/** What everybody accepts (CloudEvents, section "Size Limits"), and what still fits comfortably into memory. */
export const EVENT_BYTES = [64 * 1024, 64 * 1024 * 1024] as const;
export const BATCH_EVENTS = [1, 100_000] as const;

export const DEFAULT_OPTIONS: TuttiOptions = {
  data: './data',
  host: '127.0.0.1',
  http: 8080,
  grpc: 26500,
  clock: 'system',
  allowTargets: [],
  hostMap: [],
  deadLetterSink: '',
  routerTypes: ['cloudevents', 'knative'],
  legacyActivityIds: false,
  knownHosts: [],
  allowOrigins: [],
  maxEventBytes: 4 * 1024 * 1024,
  maxBatch: 1000,
  writerThread: true,
  retentionAge: 7 * 24 * 3_600_000,
  retentionSize: 1024 ** 3,
};

/** How an option is written on the command line and in the environment. */
export interface OptionSpec {
  readonly flag: string;
  readonly environment: string;
  readonly value: string;
  readonly help: string;
  apply(options: Draft, text: string): void;
}

export type Draft = { -readonly [Name in keyof TuttiOptions]: TuttiOptions[Name] };

/** In the order of the help text. */
export const OPTION_SPECS: readonly OptionSpec[] = [
  {
    flag: '--data',
    environment: 'TUTTI_DATA',
    value: 'DIR',
    help: `folder of all data (default ${DEFAULT_OPTIONS.data})`,
    apply: (options, text) => {
      options.data = nonEmpty('--data', text, 'a folder');
    },
  },
  {
    flag: '--http',
    environment: 'TUTTI_HTTP',
    value: 'PORT',
    help: `REST, events and console (default ${DEFAULT_OPTIONS.http}, 0: any free port)`,
    apply: (options, text) => {
      options.http = port('--http', text);
    },
  },
  {
    flag: '--grpc',
    environment: 'TUTTI_GRPC',
    value: 'PORT',
    help: `Zeebe gRPC (default ${DEFAULT_OPTIONS.grpc}, 0: any free port)`,
    apply: (options, text) => {
      options.grpc = port('--grpc', text);
    },
  },
  {
    flag: '--host',
    environment: 'TUTTI_HOST',
    value: 'ADDRESS',
    help: `address to bind (default ${DEFAULT_OPTIONS.host}: this machine only)`,
    apply: (options, text) => {
      options.host = nonEmpty('--host', text, 'an address').replace(/^\[|\]$/g, '');
    },
  },
  {
    flag: '--clock',
    environment: 'TUTTI_CLOCK',
    value: 'system|controllable',
    help: 'controllable: PUT /v2/clock moves the time, for tests',
    apply: (options, text) => {
      options.clock = oneOf('--clock', text, ['system', 'controllable']);
    },
  },
  {
    flag: '--allow-target',
    environment: 'TUTTI_ALLOW_TARGET',
    value: 'HOST[:PORT]',
    help: 'a host beyond loopback to which events may be delivered; repeatable',
    apply: (options, text) => {
      options.allowTargets = [...options.allowTargets, hostPort('--allow-target', text)];
    },
  },
  {
    flag: '--host-map',
    environment: 'TUTTI_HOST_MAP',
    value: 'FROM=TO',
    help: 'where a host that models name really is; repeatable',
    apply: (options, text) => {
      const [from, to, ...rest] = text.split('=');
      if (from === undefined || to === undefined || rest.length > 0) {
        throw new OptionError(
          '--host-map',
          `--host-map must be FROM=TO, such as http://tickets=http://127.0.0.1:8082, but was '${text}'.`,
        );
      }
      options.hostMap = [
        ...options.hostMap,
        { from: hostPort('--host-map', from), to: hostPort('--host-map', to) },
      ];
    },
  },
  {
    flag: '--dead-letter-sink',
    environment: 'TUTTI_DEAD_LETTER_SINK',
    value: 'URL',
    help: 'where events go that a receiver does not take; default: the list of dead letters',
    apply: (options, text) => {
      if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
        throw new OptionError(
          '--dead-letter-sink',
          `--dead-letter-sink must be an http or https address, but was '${text}'.`,
        );
      }
      options.deadLetterSink = text;
    },
  },
  {
    flag: '--router-types',
    environment: 'TUTTI_ROUTER_TYPES',
    value: 'TYPE,TYPE',
    help: `job types that the router serves (default ${DEFAULT_OPTIONS.routerTypes.join(',')})`,
    apply: (options, text) => {
      options.routerTypes = text
        .split(',')
        .map((type) => type.trim())
        .filter((type) => type !== '');
    },
  },
  {
    flag: '--legacy-activity-ids',
    environment: 'TUTTI_LEGACY_ACTIVITY_IDS',
    value: 'yes|no',
    help: 'yes: bpmnactivityid and bpmnactivityname as the router of 2020 set them (default no)',
    apply: (options, text) => {
      options.legacyActivityIds = oneOf('--legacy-activity-ids', text, ['yes', 'no']) === 'yes';
    },
  },
  {
    flag: '--known-host',
    environment: 'TUTTI_KNOWN_HOST',
    value: 'NAME',
    help: 'a further name under which the server is reached; repeatable',
    apply: (options, text) => {
      options.knownHosts = [...options.knownHosts, nonEmpty('--known-host', text, 'a host name')];
    },
  },
  {
    flag: '--allow-origin',
    environment: 'TUTTI_ALLOW_ORIGIN',
    value: 'ORIGIN',
    help: 'a page that may call the server, such as https://shop.example; repeatable',
    apply: (options, text) => {
      if (!/^https?:\/\/[^/?#\s]+$/i.test(text)) {
        throw new OptionError(
          '--allow-origin',
          `--allow-origin must be an origin such as https://shop.example, but was '${text}'.`,
        );
      }
      options.allowOrigins = [...options.allowOrigins, text];
    },
  },
  {
    flag: '--max-event-bytes',
    environment: 'TUTTI_MAX_EVENT_BYTES',
    value: 'BYTES',
    help: `body of one request with events (default ${DEFAULT_OPTIONS.maxEventBytes})`,
    apply: (options, text) => {
      options.maxEventBytes = integer('--max-event-bytes', text, EVENT_BYTES);
    },
  },
  {
    flag: '--max-batch',
    environment: 'TUTTI_MAX_BATCH',
    value: 'EVENTS',
    help: `events of one batch (default ${DEFAULT_OPTIONS.maxBatch})`,
    apply: (options, text) => {
      options.maxBatch = integer('--max-batch', text, BATCH_EVENTS);
    },
  },
  {
    flag: '--writer-thread',
    environment: 'TUTTI_WRITER_THREAD',
    value: 'yes|no',
    help: 'no: no thread of its own for the engine, which takes less memory (default yes)',
    apply: (options, text) => {
      options.writerThread = oneOf('--writer-thread', text, ['yes', 'no']) === 'yes';
    },
  },
  {
    flag: '--retention-age',
    environment: 'TUTTI_RETENTION_AGE',
    value: 'DURATION',
    help: 'how long ended instances, journal and events are kept, such as P30D (default P7D)',
    apply: (options, text) => {
      const ms = durationMs(text);
      if (ms === undefined || !isAge(ms))
        throw new OptionError(
          '--retention-age',
          `--retention-age must be a duration of a second or more, such as PT12H or P30D, but was '${text}'.`,
        );
      options.retentionAge = ms;
    },
  },
  {
    flag: '--retention-size',
    environment: 'TUTTI_RETENTION_SIZE',
    value: 'BYTES',
    help: `bytes of the journal, of the event log, and of the read model, that are kept (default ${DEFAULT_OPTIONS.retentionSize})`,
    apply: (options, text) => {
      const bytes = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (!isKeptSize(bytes))
        throw new OptionError(
          '--retention-size',
          `--retention-size must be at least ${LEAST_KEPT} bytes, but was '${text}'.`,
        );
      options.retentionSize = bytes;
    },
  },
];

export const REPEATABLE: ReadonlySet<string> = new Set([
  '--allow-target',
  '--host-map',
  '--known-host',
  '--allow-origin',
]);
