import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, CloudEventError, encodeBinary, makeEvent } from '../../cloudevents/index.ts';
import { type Arguments, wholeNumber } from '../arguments.ts';
import { getText, request, type Server, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import { readInput } from '../input.ts';
import type { CommandIo } from '../io.ts';
import { publishFile, type Receipt } from '../publish-file.ts';
import type { PlainCommand } from '../spec.ts';
import { isSettled, outcomeLines, type Story } from '../story.ts';
import { printable } from '../terminal.ts';

/** Of events that state none. */
const SOURCE = '/tutti/cli';
const WAIT_S = 5;
const EVENT_FLAGS = [
  '--source',
  '--subject',
  '--correlation-key',
  '--id',
  '--time',
  '--data',
  '--ext',
  '--content-type',
] as const;

/** `tutti publish TYPE …` and `tutti publish --file FILE`. */
export const publish: PlainCommand = {
  summary: 'publishes an event, or a file of events',
  words: [{ name: 'TYPE', help: 'of the event', least: 0, most: 1 }],
  options: [
    { flag: '--data', value: 'JSON', help: 'the data; @FILE reads a file, - standard input', file: true },
    { flag: '--subject', value: 'S', help: 'what the event is about' },
    {
      flag: '--correlation-key',
      value: 'K',
      help: 'which instance it is for; without it the subject decides',
    },
    { flag: '--source', value: 'S', help: `who sends it (default ${SOURCE})` },
    { flag: '--id', value: 'I', help: 'unique for the source (default a new one); a repeat has no effect' },
    { flag: '--time', value: 'T', help: 'when it happened (default now)' },
    { flag: '--ext', value: 'NAME=VALUE', help: 'a further attribute; repeatable', several: true },
    { flag: '--content-type', value: 'T', help: 'of the data (default application/json)' },
    { flag: '--fate', help: 'waits and tells what became of it' },
    { flag: '--wait', value: 'S', help: `with --fate: at most so many seconds (default ${WAIT_S})` },
    {
      flag: '--file',
      value: 'FILE',
      help: '.json: an event or a batch; others and - : one event a line, however many',
      file: true,
    },
    ...SERVER_OPTIONS,
  ],
  examples: [
    `tutti publish Order.Placed --subject order-1 --data '{"amount": 12}' --fate`,
    'tutti publish Photo.Taken --data @cat.png --content-type image/png',
    'tutti publish --file events.ndjson',
  ],
  run: publishEvents,
};

async function publishEvents(given: Arguments, io: CommandIo): Promise<ExitCode> {
  const [type] = given.words;
  const file = given.one('--file');
  const server = serverOf(given, io);
  if (file !== undefined) {
    const other = [...EVENT_FLAGS, '--fate', '--wait'].find((flag) => given.has(flag));
    if (type !== undefined || other !== undefined) {
      throw new OptionError('--file', `--file holds whole events; leave out ${type ?? other}.`);
    }
    return publishFile(file, { server, json: given.has('--json') }, io);
  }
  if (type === undefined) throw new OptionError('TYPE', 'Name the TYPE of the event, or a --file of events.');
  const event = await eventOf(type, given, io);
  const { headers, body } = encodeBinary(event);
  const response = await request(server, '/events', { method: 'POST', headers, body: new Uint8Array(body) });
  const { accepted } = (await response.json()) as { accepted: readonly Receipt[] };
  const [receipt] = accepted;
  if (receipt === undefined) throw new TypeError('the server has taken no event');
  const wait = (wholeNumber(given, '--wait', 1, 3600) ?? WAIT_S) * 1000;
  const story = given.has('--fate') ? await storyWithin(server, receipt.sequence, wait) : undefined;
  if (given.has('--json')) {
    const known = JSON.stringify(receipt);
    io.out(story === undefined ? known : `${known.slice(0, -1)},"story":${story}}`);
    return EXIT.ok;
  }
  io.out(receiptText(receipt));
  if (story !== undefined) for (const line of outcomeLines(io, story)) io.out(line);
  return EXIT.ok;
}

function receiptText({ sequence, duplicate, source, id }: Receipt): string {
  return duplicate
    ? `Event ${sequence} again: source ${printable(source)} and id ${printable(id)} were known, so this one has no effect.`
    : `Event ${sequence} published: source ${printable(source)}, id ${printable(id)}.`;
}

/** The story of an event when nothing more is expected soon, else what it is after `wait` ms. */
async function storyWithin(server: Server, sequence: number, wait: number): Promise<string> {
  const deadline = performance.now() + wait;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    const text = await getText(server, `/api/events/${sequence}`);
    const left = deadline - performance.now();
    if (isSettled(JSON.parse(text) as Story) || left <= 0) return text;
    await sleep(Math.min(pause, left));
  }
}

async function eventOf(type: string, given: Arguments, io: CommandIo): Promise<CloudEvent> {
  const data = await dataOf(given.one('--data'), io);
  const extensions = new Map<string, string>();
  const key = given.one('--correlation-key');
  if (key !== undefined) extensions.set('correlationkey', key);
  for (const text of given.all('--ext')) {
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    if (equals < 1) throw new OptionError('--ext', `--ext must be NAME=VALUE, but was '${text}'.`);
    if (extensions.has(name)) throw new OptionError('--ext', `The attribute ${name} is given twice.`);
    extensions.set(name, text.slice(equals + 1));
  }
  const subject = given.one('--subject');
  const datacontenttype = contentType(given.one('--content-type'), data);
  try {
    return makeEvent({
      id: given.one('--id') ?? randomUUID(),
      source: given.one('--source') ?? SOURCE,
      type,
      time: given.one('--time') ?? new Date().toISOString(),
      extensions,
      ...(subject !== undefined && { subject }),
      ...(datacontenttype !== undefined && { datacontenttype }),
      ...(data !== undefined && { data }),
    });
  } catch (error) {
    if (error instanceof CloudEventError)
      throw new OptionError(error.attribute ?? 'TYPE', `${error.message}.`);
    throw error;
  }
}

/** `--data JSON`, `--data @FILE`, `--data -`. */
async function dataOf(text: string | undefined, io: CommandIo): Promise<Uint8Array | undefined> {
  if (text === undefined) return undefined;
  if (text === '-') return readInput(io);
  if (text.startsWith('@')) return readFile(text.slice(1));
  return new TextEncoder().encode(text);
}

/** JSON is what data is unless stated otherwise, so it must be JSON then. */
function contentType(stated: string | undefined, data: Uint8Array | undefined): string | undefined {
  if (stated !== undefined || data === undefined) return stated;
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    return 'application/json';
  } catch {
    throw new OptionError(
      '--data',
      '--data is no JSON. Quote it for the shell, such as \'{"a": 1}\', or state its --content-type.',
    );
  }
}
