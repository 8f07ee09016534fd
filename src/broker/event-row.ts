import type { AttributeValue, CloudEvent, DataForm } from '../cloudevents/index.ts';

/** The columns of the event log that make up the event itself. */
export interface EventColumns {
  readonly attributes: string;
  readonly data_form: DataForm | null;
  readonly data: Uint8Array | null;
}

/** Texts of the attributes of events that came as columns, so that they are not made again. */
const texts = new WeakMap<CloudEvent, string>();

export function columnsOf(event: CloudEvent): EventColumns {
  return {
    attributes: texts.get(event) ?? JSON.stringify([...event.attributes]),
    data_form: event.dataForm ?? null,
    data: event.data ?? null,
  };
}

/** As {@link eventOfColumns}, for an event whose columns will be asked for again. */
export function eventOfText(columns: EventColumns): CloudEvent {
  const event = eventOfColumns(columns);
  texts.set(event, columns.attributes);
  return event;
}

/** The event as it came: same attributes in the same order, same bytes, same form of the data. */
export function eventOfColumns({ attributes, data_form, data }: EventColumns): CloudEvent {
  const map = new Map(JSON.parse(attributes) as [string, AttributeValue][]);
  if (data === null) return { attributes: map };
  return data_form === null ? { attributes: map, data } : { attributes: map, data, dataForm: data_form };
}
