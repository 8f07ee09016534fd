import type { CloudEvent } from '../cloudevents/index.ts';
import { columnsOf, type EventColumns, eventOfText } from './event-row.ts';

/** Many events as few values, so that they cross to another thread cheaply: an object for each event is what costs. */
export interface PackedEvents {
  readonly attributes: readonly string[];
  readonly forms: readonly EventColumns['data_form'][];
  /** The data of all, one behind the other. */
  readonly bytes: Uint8Array;
  /** Where the data of each end; -1 for an event without data. */
  readonly ends: readonly number[];
}

export function packEvents(events: readonly CloudEvent[]): PackedEvents {
  const columns = events.map(columnsOf);
  const bytes = new Uint8Array(columns.reduce((length, { data }) => length + (data?.length ?? 0), 0));
  let end = 0;
  const ends = columns.map(({ data }) => {
    if (data === null) return -1;
    bytes.set(data, end);
    end += data.length;
    return end;
  });
  return {
    attributes: columns.map(({ attributes }) => attributes),
    forms: columns.map(({ data_form }) => data_form),
    bytes,
    ends,
  };
}

/** The events as they were; their data are views of the bytes. */
export function unpackEvents({ attributes, forms, bytes, ends }: PackedEvents): CloudEvent[] {
  let from = 0;
  return attributes.map((text, at) => {
    const end = ends[at] ?? -1;
    const data = end < 0 ? null : bytes.subarray(from, end);
    if (data) from = end;
    return eventOfText({ attributes: text, data_form: forms[at] ?? null, data });
  });
}
