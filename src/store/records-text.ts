import { decode, encode } from './codec.ts';
import type { JournalRecord } from './journal.ts';

/**
 * The records of one transaction as text. Most of what records say they repeat: what kind of record it is, and, as an
 * element instance goes from step to step, its whole value. So a text holds each frame (a record without key, time and
 * value) once, and four entries a record: the number of its frame, its key, its time after the first record's, and its
 * value, or the number of the record before that has the same.
 */
interface RecordsText {
  readonly frames: readonly Frame[];
  readonly time: number;
  readonly entries: readonly (number | object)[];
}

type Frame = Omit<JournalRecord, 'key' | 'timestamp' | 'value'>;

const ENTRIES = 4;
/** Of a record of the engine that is no rejection. */
const MEMBERS = 7;
/** Records back to the one that a value may have in common with another: steps follow close upon each other. */
const WINDOW = 6;

export function encodeRecords(records: readonly JournalRecord[]): string {
  const time = records[0]?.timestamp ?? 0;
  const frames: Frame[] = [];
  const entries: (number | object)[] = [];
  records.forEach((record, at) => {
    const frame = frameOf(frames, record);
    const same = sameValue(records, at);
    entries.push(frame, record.key, record.timestamp - time, same === undefined ? record.value : same);
  });
  return encode({ frames, time, entries } satisfies RecordsText);
}

/** Records that have the same value share it. Of an older folder each record is told whole. */
export function decodeRecords<R extends JournalRecord>(text: string): R[] {
  const told = decode<RecordsText | R[]>(text);
  if (Array.isArray(told)) return told;
  const { frames, time, entries } = told as RecordsText;
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

function frameOf(frames: Frame[], record: JournalRecord): number {
  let members = 0;
  for (const _name in record) members += 1;
  // One with more to tell has a frame of its own.
  if (members === MEMBERS)
    for (let at = 0; at < frames.length; at++) if (isOfFrame(record, frames[at] as Frame)) return at;
  const { key: _key, timestamp: _timestamp, value: _value, ...frame } = record;
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

function sameValue(records: readonly JournalRecord[], at: number): number | undefined {
  const value = records[at]?.value;
  for (let before = at - 1; before >= Math.max(0, at - WINDOW); before--)
    if (records[before]?.value === value) return before;
  return undefined;
}
