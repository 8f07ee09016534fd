import { decode } from './codec.ts';
import type { JournalRecord } from './journal.ts';
import { kindOf, type NumberKind, type PackedShapes, Packer, type Shape, Unpacker } from './packed-values.ts';

/**
 * The records of one transaction as text. Most of what records say they repeat: what kind of record it is, and, as an
 * element instance goes from step to step, its whole value or most of it. So a text holds each frame (a record without key,
 * time and value) once, and for each record: the number of its frame, its key, its time after the first record's, and its
 * value as it differs from those before, or how many records ago the same value came (below zero).
 */
interface RecordsText extends PackedShapes {
  readonly frames: readonly Frame[];
  /** How the keys of the records of each frame are told. */
  readonly keys: readonly NumberKind[];
  readonly started: number;
  readonly entries: readonly unknown[];
}

/** As older folders have it: four entries a record, the last one a value or the number of the record with the same. */
interface OlderText {
  readonly frames: readonly Frame[];
  readonly time: number;
  readonly entries: readonly (number | object)[];
}

type Frame = Omit<JournalRecord, 'key' | 'timestamp' | 'value'>;

/** Of an {@link OlderText}. */
const ENTRIES = 4;
/** Of a record of the engine that is no rejection. */
const MEMBERS = 7;
/** Records back to the one that a value may have in common with another: steps follow close upon each other. */
const WINDOW = 6;

export function encodeRecords(records: readonly JournalRecord[]): string {
  const started = records[0]?.timestamp ?? 0;
  const frames: Frame[] = [];
  const keys: NumberKind[] = [];
  const shapes: (Shape | undefined)[] = [];
  const packer = new Packer();
  const { list: entries } = packer;
  records.forEach((record, at) => {
    const frame = frameOf(frames, keys, record);
    const key = packer.distance(record.key, keys[frame] as NumberKind);
    entries.push(frame, key, record.timestamp - started);
    const ago = sameValue(records, at);
    if (ago === 0) shapes[frame] = packer.add(record.value, shapes[frame]);
    else entries.push(-ago);
  });
  return JSON.stringify({ frames, keys, started, ...packer.shapes(), entries } satisfies RecordsText);
}

/** Records that have the same value share it. Of an older folder each record is told whole. */
export function decodeRecords<R extends JournalRecord>(text: string): R[] {
  if (!text.startsWith(`{"frames"`)) return decode<R[]>(text);
  const told = JSON.parse(text) as RecordsText | OlderText;
  return 'keys' in told ? unpacked(told) : olderRecords(decode<OlderText>(text));
}

function unpacked<R extends JournalRecord>(told: RecordsText): R[] {
  const { frames, keys, started, entries } = told;
  const unpacker = new Unpacker(told, entries);
  const records: R[] = [];
  while (!unpacker.done) {
    const frame = unpacker.next() as number;
    const key = unpacker.number(keys[frame]);
    const timestamp = started + (unpacker.next() as number);
    const place = unpacker.next() as number;
    const value = place < 0 ? records[records.length + place]?.value : unpacker.object(place);
    records.push({ ...(frames[frame] as Frame), key, timestamp, value } as unknown as R);
  }
  return records;
}

function olderRecords<R extends JournalRecord>({ frames, time, entries }: OlderText): R[] {
  const records: R[] = [];
  for (let at = 0; at < entries.length; at += ENTRIES) {
    const value = entries[at + 3] as number | object;
    records.push({
      ...(frames[entries[at] as number] as Frame),
      key: entries[at + 1] as number,
      timestamp: time + (entries[at + 2] as number),
      value: typeof value === 'number' ? records[value]?.value : value,
    } as unknown as R);
  }
  return records;
}

/** Number of the record's frame, which is added with the kind of its key if it is new. */
function frameOf(frames: Frame[], keys: NumberKind[], record: JournalRecord): number {
  const kind = kindOf(record.key);
  let members = 0;
  for (const _name in record) members += 1;
  // One with more to tell has a frame of its own.
  if (members === MEMBERS)
    for (let at = 0; at < frames.length; at++)
      if (keys[at] === kind && isOfFrame(record, frames[at] as Frame)) return at;
  const { key: _key, timestamp: _timestamp, value: _value, ...frame } = record;
  keys.push(kind);
  return frames.push(frame) - 1;
}

function isOfFrame(record: JournalRecord, frame: Frame): boolean {
  return (
    frame.intent === record.intent &&
    frame.valueType === record.valueType &&
    frame.recordType === record.recordType &&
    frame.recordVersion === record.recordVersion &&
    frame.rejectionType === record.rejectionType &&
    frame.rejectionReason === record.rejectionReason
  );
}

/** How many records ago the same value came; 0 if it did not. */
function sameValue(records: readonly JournalRecord[], at: number): number {
  const value = records[at]?.value;
  for (let ago = 1; ago <= Math.min(at, WINDOW); ago++) if (records[at - ago]?.value === value) return ago;
  return 0;
}
