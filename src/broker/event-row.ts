import type { AttributeValue, CloudEvent, DataForm } from '../cloudevents/index.ts';
import { entriesOf, mapOf } from '../store/codec.ts';

/** The columns of the event log that make up the event itself. */
export interface EventColumns {
  readonly attributes: string;
  readonly data_form: DataForm | null;
  readonly data: Uint8Array | null;
}

/** The text of attributes that came as a column, so that it is not made again. A weak map would cost more than the text. */
const TEXT = Symbol('text');

interface Told {
  [TEXT]?: string;
}

export function columnsOf(event: CloudEvent): EventColumns {
  return {
    attributes: (event.attributes as Told)[TEXT] ?? JSON.stringify(entriesOf(event.attributes)),
    data_form: event.dataForm ?? null,
    data: event.data ?? null,
  };
}

/** As {@link eventOfColumns}, for an event whose columns will be asked for again. */
export function eventOfText(columns: EventColumns): CloudEvent {
  const event = eventOfColumns(columns);
  (event.attributes as Told)[TEXT] = columns.attributes;
  return event;
}

/** The event as it came: same attributes in the same order, same bytes, same form of the data. */
export function eventOfColumns({ attributes, data_form, data }: EventColumns): CloudEvent {
  const map = mapOf(JSON.parse(attributes) as unknown[]) as Map<string, AttributeValue>;
  if (data === null) return { attributes: map };
  return data_form === null ? { attributes: map, data } : { attributes: map, data, dataForm: data_form };
}
