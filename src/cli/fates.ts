import type { Fate } from '../router/index.ts';
import type { CommandIo } from './io.ts';
import { paint, printable, type Tone } from './terminal.ts';

/** What became of an event, as the server tells it. */
export interface FateView {
  readonly kind: string;
  /** A sentence without its first capital and full stop, or a whole one. */
  readonly text: string;
  /** RFC 3339. */
  readonly time?: string;
}

/** Kinds that `--fate` may name. */
const TONES: Readonly<Record<Fate['kind'], Tone>> = {
  started: 'good',
  correlated: 'good',
  reply: 'good',
  errorReply: 'good',
  delivered: 'good',
  buffered: 'waiting',
  earlyReply: 'waiting',
  gap: 'bad',
  outOfOrder: 'bad',
  unmatched: 'dim',
  declined: 'dim',
  duplicate: 'dim',
  expired: 'bad',
  refused: 'bad',
  failReply: 'bad',
  lateReply: 'bad',
  unusableReply: 'bad',
  unknownJob: 'bad',
  deadLettered: 'bad',
  failed: 'bad',
};

/** As {@link TONES}, for kinds that a newer server may tell. */
export const FATES: Readonly<Record<string, Tone>> = TONES;

export const NO_FATE = 'not routed yet';

export function toneOf(fate: FateView | undefined): Tone {
  return (fate && FATES[fate.kind]) ?? 'plain';
}

export function fateText(fate: FateView | undefined): string {
  return fate === undefined ? NO_FATE : printable(fate.text);
}

export function paintedFate(io: CommandIo, fate: FateView | undefined): string {
  return paint(io, toneOf(fate), fateText(fate));
}

/** An open wait that an event nearly met. */
export interface NearMissView {
  readonly messageName: string;
  readonly correlationKey: string;
  readonly processInstanceKey: string;
  readonly elementId: string;
}

/** What differs between the event and the wait, as advice. */
export function nearMissText(
  { messageName, correlationKey, processInstanceKey, elementId }: NearMissView,
  event: { readonly type: string; readonly correlationKey: string | undefined },
): string {
  const place = `instance ${processInstanceKey} waits at ${printable(elementId)}`;
  const own = event.correlationKey === undefined ? 'none' : `'${printable(event.correlationKey)}'`;
  return messageName === event.type
    ? `${place} for this type with key '${printable(correlationKey)}'; the event has ${own}`
    : `${place} with this key for type '${printable(messageName)}'`;
}
