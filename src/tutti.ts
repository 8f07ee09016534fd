import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sender } from './config/senders.ts';
import { defaultWebhook, type WebhookSettings } from './config/webhook.ts';
import { DocumentStore } from './documents/index.ts';
import { Commits } from './gateway/commits.ts';
import { complianceGroup } from './gateway/compliance/index.ts';
import type { ConnectionLimits } from './gateway/connections.ts';
import { consoleApi } from './gateway/console/api.ts';
import { consolePages } from './gateway/console/pages.ts';
import { authorizer, type EventsContext, eventsGroup, gateOf } from './gateway/events/index.ts';
import { startGrpc } from './gateway/grpc/server.ts';
import { HostPolicy } from './gateway/hosts.ts';
import type { RouteGroup } from './gateway/http.ts';
import { type LegacyContext, legacyGroup } from './gateway/legacy/index.ts';
import { liveGroup } from './gateway/live.ts';
import { type Operations, operations } from './gateway/ops.ts';
import { recordsGroup } from './gateway/records.ts';
import type { GatewayContext } from './gateway/rest/context.ts';
import { restGroup } from './gateway/rest/index.ts';
import { type Gateway, startGateway } from './gateway/server.ts';
import { HistoryClient, openJournalSource, Retention } from './history/index.ts';
import { resolveOptions, type TuttiOptions } from './options.ts';
import { batchesOver } from './runtime/batches/index.ts';
import { startWithEvents } from './runtime/events/index.ts';
import { startInlineRuntime } from './runtime/inline.ts';
import { startRuntime } from './runtime/thread.ts';
import { DataValidator } from './schemas/index.ts';
import { readVersion } from './version.ts';

type HouseContext = GatewayContext & EventsContext & LegacyContext;

/** How long requests, then deliveries, that are under way may take to end when the server stops. */
const ANSWER_GRACE_MS = 1000;
const DELIVERY_GRACE_MS = 3000;

/** One line of the log. `error` comes with mistakes in the program and failures of the machine. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly error?: unknown;
}

export interface StartOptions extends Partial<TuttiOptions> {
  /** Where log lines go. @defaultValue nowhere */
  readonly log?: (line: LogLine) => void;
  /** Who may send events, from `parseSenders`. @defaultValue everybody who reaches the port */
  readonly senders?: readonly Sender[];
  /** To which webhooks the receiver consents, from `parseWebhook`. @defaultValue any on loopback, none else */
  readonly webhook?: WebhookSettings;
  /** Times and numbers that bound connections. */
  readonly connections?: Partial<ConnectionLimits>;
  /** ms between two looks for what is old enough to be forgotten. @defaultValue 60,000 */
  readonly retentionPauseMs?: number;
}

export interface Tutti {
  readonly options: TuttiOptions;
  readonly version: string;
  readonly addresses: {
    /** Such as `http://127.0.0.1:8080`; REST, events and console. */
    readonly http: string;
    /** Such as `127.0.0.1:26500`. */
    readonly grpc: string;
  };
  /**
   * Refuses new work, ends long polls and streams, lets requests under way finish for at most 1 s and
   * deliveries for at most 3 s, commits, and gives the data folder back.
   */
  close(): Promise<void>;
}

/**
 * Starts the whole server. Rejects with `OptionError`, `SettingError`, with the store's errors (`FolderLockedError`,
 * `FolderTooNewError`, `DiskFailedError`) or with Node's for the port (`EADDRINUSE`); nothing stays open then.
 */
export async function startTutti({
  log = () => undefined,
  connections,
  retentionPauseMs = 60_000,
  ...given
}: StartOptions = {}): Promise<Tutti> {
  const { senders: givenSenders, webhook: givenWebhook, ...rest } = given;
  const options = resolveOptions(rest);
  const gate = gateOf(givenSenders ?? options.config?.senders ?? []);
  const webhook = givenWebhook ?? options.config?.webhook ?? defaultWebhook(options.host);
  const version = readVersion();
  /** What is open, to be closed in reverse order. */
  const open: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of open.splice(0).reverse()) await close();
  };
  try {
    let history: HistoryClient | undefined;
    let ops: Operations | undefined;
    const commits = new Commits();
    let publicUrl: string | undefined;
    const { runtime, events, close } = await startWithEvents(
      options.writerThread ? startRuntime : startInlineRuntime,
      {
        data: options.data,
        checkpointThread: true,
        clock: options.clock,
        onCommit: (sample) => {
          history?.notify(runtime.position());
          ops?.committed(sample);
          commits.tell();
        },
        log: ({ level, message, error }) =>
          log({ level, message, ...(error === undefined ? {} : { error }) }),
      },
      {
        settings: {
          retentionMs: options.retentionAge,
          retentionBytes: options.retentionSize,
          ...options.config?.events,
          jobTypes: options.routerTypes,
          legacyActivityIds: options.legacyActivityIds,
          hostMap: options.hostMap,
          allowTargets: options.allowTargets,
          ...(options.deadLetterSink !== '' && { deadLetterSink: options.deadLetterSink }),
        },
        newId: randomUUID,
        publicUrl: () => publicUrl,
        onError: (error) => log({ level: 'error', message: 'The event side failed', error }),
        deliverer: { graceMs: DELIVERY_GRACE_MS },
      },
    );
    open.push(close);
    history = await HistoryClient.start({
      folder: options.data,
      file: join(options.data, 'history.db'),
      journalPosition: () => runtime.position(),
      jobTypes: options.routerTypes,
      onFailure: (reason) => log({ level: 'error', message: `The read model cannot go on: ${reason}` }),
    });
    const readModel = history;
    open.push(() => readModel.close());
    const records = openJournalSource(options.data);
    open.push(() => records.close());
    const retention = new Retention({
      readModel,
      pruneJournal: (upTo, maxRows) => runtime.pruneJournal(upTo, maxRows),
      now: () => runtime.clock().now,
      ageMs: options.retentionAge,
      keepBytes: options.retentionSize,
      pauseMs: retentionPauseMs,
      onError: (error) => log({ level: 'warn', message: 'Old records could not be pruned now', error }),
    });
    open.push(() => retention.close());

    const documents = new DocumentStore(join(options.data, 'documents'), () => runtime.clock().now);
    await documents.sweep();

    let grpcPort = options.grpc;
    const context: HouseContext = {
      runtime,
      history: readModel,
      batches: batchesOver(runtime),
      documents,
      records,
      commits,
      version,
      events,
      bodyLimit: options.maxEventBytes,
      batchLimit: options.maxBatch,
      gate,
      authorize: authorizer(gate),
      webhook,
      validator: new DataValidator(options.config?.events.schemas ?? []),
      contactPoint: () => `${options.host}:${grpcPort}`,
    };
    ops = operations(context);
    const gateway = await openGateway(context, ops, options, log, connections);
    publicUrl = gateway.url;
    open.push(() => gateway.close(ANSWER_GRACE_MS));
    const grpc = await startGrpc({
      runtime,
      history: context.history,
      batches: context.batches,
      host: options.host,
      port: options.grpc,
      onError: (error, rpc) => log({ level: 'error', message: `${rpc} failed`, error }),
    });
    open.push(() => grpc.close(ANSWER_GRACE_MS));
    grpcPort = grpc.port;
    const addresses = { http: gateway.url, grpc: `${options.host}:${grpc.port}` };
    return { options, version, addresses, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openGateway(
  context: HouseContext,
  ops: Operations,
  options: TuttiOptions,
  log: (line: LogLine) => void,
  limits: Partial<ConnectionLimits> = {},
): Promise<Gateway> {
  let gateway: Gateway | undefined;
  const advertised = () => ({ host: gateway?.host ?? options.host, port: gateway?.port ?? options.http });
  gateway = await startGateway({
    groups: routeGroups(context, advertised, ops.group),
    hosts: new HostPolicy([...options.knownHosts, options.host], options.allowOrigins),
    host: options.host,
    port: options.http,
    limits,
    onError: (error, { method, path }) => log({ level: 'error', message: `${method} ${path} failed`, error }),
    onAnswer: ops.answered,
  });
  return gateway;
}

/** Everything that is served over HTTP. Further surfaces are further groups in this list. */
function routeGroups(
  context: HouseContext,
  advertised: () => { host: string; port: number },
  health: RouteGroup,
): RouteGroup[] {
  return [
    restGroup(context, advertised),
    eventsGroup(context),
    legacyGroup(context),
    recordsGroup(context),
    complianceGroup(context),
    liveGroup(context),
    consoleApi(context),
    consolePages(fileURLToPath(new URL('../console/dist/', import.meta.url))),
    health,
  ];
}
