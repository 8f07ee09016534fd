import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { definedOf } from '../router/index.ts';
import type { EventsSettings } from '../runtime/events/index.ts';
import { ConfigError } from './errors.ts';
import { readEventTypes } from './event-types.ts';
import { ConfigReader } from './reader.ts';
import { readSchemas } from './schema-list.ts';
import { parseSenders, type Sender } from './senders.ts';
import { SettingError } from './setting-error.ts';
import { parseWebhook, type WebhookSettings } from './webhook.ts';

/** What a `tutti.yaml` says, checked. */
export interface TuttiConfig {
  readonly file: string;
  /** Options of the server by the names of their flags in camel case; `options.ts` applies them. */
  readonly server: ReadonlyMap<string, ServerSetting>;
  readonly events: Partial<EventsSettings>;
  readonly senders?: readonly Sender[];
  readonly webhook?: WebhookSettings;
}

export interface ServerSetting {
  /** As they would stand on the command line; several for options that may be repeated. */
  readonly texts: readonly string[];
  error(problem: string): ConfigError;
}

/** Found in the data folder without being asked for. */
export const CONFIG_NAME = 'tutti.yaml';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a configuration.
 * @param environment holds the tokens that the configuration names by `tokenEnv`
 * @throws ConfigError for a file that cannot be read, and for the first thing in it that is wrong
 */
export function loadConfig(path: string, environment: Environment = {}): TuttiConfig {
  const file = resolve(path);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      { file, path: '', line: 0, column: 0 },
      `the configuration cannot be read: ${problem}.`,
    );
  }
  return parseConfig(text, file, environment);
}

/** @param file absolute path: how errors name the text, and where the files that it names are looked for */
export function parseConfig(text: string, file: string, environment: Environment = {}): TuttiConfig {
  const sections = ConfigReader.ofText(file, text).members([
    'server',
    'router',
    'events',
    'schemas',
    'senders',
    'webhook',
  ]);
  const { server, router, events, schemas, senders, webhook } = sections;
  const around = { environment, folder: dirname(file) };
  return {
    file,
    server: new Map(server?.entries().map(([name, reader]) => [name, serverSetting(name, reader, file)])),
    events: {
      ...(router && readRouter(router)),
      ...(events && { events: readEventTypes(events) }),
      ...(schemas && { schemas: readSchemas(schemas, file) }),
    },
    ...(senders && { senders: located(senders, (json, path) => parseSenders(json, path, around)) }),
    ...(webhook && { webhook: located(webhook, parseWebhook) }),
  };
}

/** Reads a section as JSON; what is wrong in it is told with the section's line. */
function located<Value>(section: ConfigReader, parse: (json: unknown, path: string) => Value): Value {
  try {
    return parse(section.json(), section.path);
  } catch (error) {
    if (error instanceof SettingError) throw section.error(`${error.rule}.`, error.path);
    throw error;
  }
}

function serverSetting(name: string, reader: ConfigReader, file: string): ServerSetting {
  const error = (problem: string) => reader.error(problem);
  if (reader.isList()) return { texts: reader.items().map((item) => item.plain()), error };
  // Such as hostMap: {http://tickets: http://127.0.0.1:8082}.
  if (reader.isMap()) return { texts: reader.entries().map(([from, to]) => `${from}=${to.plain()}`), error };
  return { texts: [name === 'data' ? resolve(dirname(file), reader.plain()) : reader.plain()], error };
}

function readRouter(section: ConfigReader): Partial<EventsSettings> {
  const members = section.members([
    'timeToLive',
    'window',
    'retention',
    'maxHops',
    'source',
    'reuseIdSources',
    'unwrapJsonText',
    'binaryVariable',
  ]);
  return definedOf<Partial<EventsSettings>>({
    timeToLive: members.timeToLive?.duration(),
    windowMs: members.window?.duration(),
    retentionMs: members.retention?.duration(),
    maxHops: members.maxHops?.integer(1),
    source: members.source?.text(),
    reuseIdSources: members.reuseIdSources?.texts(),
    unwrapJsonText: members.unwrapJsonText?.boolean(),
    binaryVariable: members.binaryVariable?.text(),
  });
}
