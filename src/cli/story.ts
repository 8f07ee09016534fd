import { attribute, dataAsJsonText, decodeUtf8, fromJsonText } from '../cloudevents/index.ts';
import { type FateView, type NearMissView, nearMissText, paintedFate } from './fates.ts';
import type { CommandIo } from './io.ts';
import { layOut, memberText } from './json-text.ts';
import { localTime, paint, printable, printableLines } from './terminal.ts';

/** `GET /api/events/{sequence}`, without the event itself. */
export interface Story {
  readonly sequence: number;
  readonly received: string;
  readonly hops: number;
  readonly cause?: number;
  readonly causeJob?: string;
  readonly routed: boolean;
  readonly fates: readonly (FateView & { readonly time: string })[];
  readonly nearMisses: readonly NearMissView[];
  readonly repeats?: { readonly count: number; readonly last: string };
  readonly deliveries: readonly {
    readonly subscriptionId?: string;
    readonly host?: string;
    readonly attempts: number;
    readonly nextTime: string;
    readonly lastError?: string;
  }[];
  readonly deadLetters: readonly {
    readonly id: number;
    readonly sink: string;
    readonly attempts: number;
    readonly reason: string;
  }[];
}

/** Bytes of data that are shown; `--json` has all. */
const SHOWN_DATA = 64 * 1024;

/** The data of an event as lines for people; binary data as its size. */
export function dataLines(storyText: string): string[] {
  const event = eventOf(storyText);
  const { data } = event;
  if (data === undefined) return ['no data'];
  const type =
    attribute(event, 'datacontenttype') ?? (event.dataForm === 'json' ? 'application/json' : 'no type');
  const head = `data (${printable(type)}, ${data.length} bytes)`;
  if (data.length > SHOWN_DATA) return [`${head}: too large to be shown; --json has it`];
  const json = dataAsJsonText(event);
  if (json !== undefined) return [head, ...printableLines(layOut(json))];
  const text = decodeUtf8(data);
  if (text === undefined || event.dataForm === 'base64') return [`${head}: binary; --json has it`];
  return [head, ...printableLines(text)];
}

/** All that is known of an event, as lines for people. `storyText` is the answer of the server. */
export function storyLines(io: CommandIo, storyText: string): string[] {
  const story = JSON.parse(storyText) as Story;
  const event = eventOf(storyText);
  const value = (name: string) => attribute(event, name);
  const type = value('type') ?? '';
  const correlationKey = value('correlationkey') ?? value('subject');
  const names = [...event.attributes.keys()];
  const width = Math.max(...names.map((name) => name.length));
  const heading = (text: string) => ['', paint(io, 'strong', text)];
  const [dataHead = '', ...data] = dataLines(storyText);
  return [
    `${paint(io, 'strong', `Event ${story.sequence}: ${printable(type)}`)}  received ${localTime(story.received)}`,
    ...names.map((name) => `  ${name.padEnd(width)}  ${printable(value(name) ?? '')}`),
    `  ${dataHead}`,
    ...data.map((line) => `    ${line}`),
    ...causeLines(story),
    ...heading('What became of it'),
    ...fateLines(io, story),
    ...(story.deliveries.length === 0 ? [] : heading('Under way')),
    ...story.deliveries.map((delivery) => `  ${deliveryText(delivery)}`),
    ...(story.deadLetters.length === 0 ? [] : heading('Dead letters')),
    ...story.deadLetters.map(
      ({ id, sink, attempts, reason }) =>
        `  ${paint(io, 'bad', `${id}`)}  ${printable(sink)} after ${times(attempts)}: ${printable(reason)}` +
        `\n      send it again: tutti dead-letters resend ${id}`,
    ),
    ...(story.nearMisses.length === 0 ? [] : heading('Near misses')),
    ...story.nearMisses.map((miss) => `  ${nearMissText(miss, { type, correlationKey })}`),
  ];
}

/** What became of an event in few lines, for the one who has just published it. */
export function outcomeLines(io: CommandIo, storyText: string): string[] {
  const story = JSON.parse(storyText) as Story;
  const event = eventOf(storyText);
  const correlationKey = attribute(event, 'correlationkey') ?? attribute(event, 'subject');
  const type = attribute(event, 'type') ?? '';
  return [
    ...fateLines(io, story),
    ...story.deliveries.map((delivery) => `  ${deliveryText(delivery)}`),
    ...story.nearMisses.map((miss) => `  near miss: ${nearMissText(miss, { type, correlationKey })}`),
  ];
}

/** True if nothing more is expected to become of the event soon. */
export function isSettled({ routed, fates, deliveries }: Story): boolean {
  return routed && fates.length > 0 && deliveries.length === 0;
}

function eventOf(storyText: string) {
  return fromJsonText(memberText(storyText, 'event') ?? '');
}

function fateLines(io: CommandIo, { fates }: Story): string[] {
  if (fates.length === 0) return [`  ${paintedFate(io, undefined)}`];
  return fates.map((fate) => `  ${localTime(fate.time)}  ${paintedFate(io, fate)}`);
}

function causeLines({ cause, causeJob, hops, repeats }: Story): string[] {
  const lines: string[] = [];
  if (causeJob !== undefined) lines.push(`  sent by job ${causeJob}`);
  if (cause !== undefined) lines.push(`  caused by event ${cause}, hop ${hops}: tutti event ${cause}`);
  if (repeats !== undefined) {
    lines.push(`  received ${times(repeats.count, 'more time')}, last at ${localTime(repeats.last)}`);
  }
  return lines;
}

function deliveryText({
  subscriptionId,
  host,
  attempts,
  nextTime,
  lastError,
}: Story['deliveries'][number]): string {
  const receiver = subscriptionId === undefined ? (host ?? 'a receiver') : `subscription ${subscriptionId}`;
  const tried =
    attempts === 0 ? 'not tried yet' : `tried ${times(attempts, 'time')}, next at ${localTime(nextTime)}`;
  return `on its way to ${printable(receiver)}: ${tried}${lastError === undefined ? '' : `; ${printable(lastError)}`}`;
}

function times(count: number, what = 'attempt'): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
