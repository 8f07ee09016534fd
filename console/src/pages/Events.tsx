import { useEffect, useState } from 'react';
import type { EventFilter } from '../api/event-client.ts';
import { useEvents } from '../api/event-queries.ts';
import type { EventSummary } from '../api/event-types.ts';
import { Link, useNavigation } from '../app/navigation.tsx';
import { Button } from '../components/Button.tsx';
import { Copy } from '../components/Copy.tsx';
import list from '../components/List.module.css';
import { Note, Problem } from '../components/Note.tsx';
import { Fate } from '../components/Word.tsx';
import { eventsPath, FATES, filterOf, follows, isFiltered } from '../views/events.ts';
import { dateTime, relative } from '../views/format.ts';
import styles from './Events.module.css';

const EXAMPLE = `tutti publish Order.Placed --subject order-1 --data '{"amount": 12}'`;

/** The events of the log, the newest first; filter and whether it follows are its address. */
export function Events({ query }: { readonly query: string }) {
  const { go } = useNavigation();
  const filter = filterOf(query);
  const follow = follows(query);
  const events = useEvents(filter);
  const items = events.data?.pages.flatMap((page) => page.items);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Events</h1>
        <label className={list.check}>
          <input
            type="checkbox"
            checked={follow}
            onChange={(event) => {
              go(eventsPath(filter, event.target.checked), true);
              if (event.target.checked) void events.refetch();
            }}
          />
          Follow
        </label>
      </div>
      <Filters query={query} set={(change) => go(eventsPath({ ...filter, ...change }, follow), true)} />
      <Problem error={events.error} retry={() => void events.refetch()} />
      {items === undefined && events.error === null && <Note>Loading…</Note>}
      {items?.length === 0 &&
        (isFiltered(filter) ? (
          <Note title="No event matches">
            <Link to="/events">Show all</Link>
          </Note>
        ) : (
          <Note title="No events yet">
            Send the first one, and see here what becomes of it:
            <Copy text={EXAMPLE} />
          </Note>
        ))}
      {items !== undefined && items.length > 0 && (
        <>
          <table className={`${list.table} ${styles.table}`} aria-busy={events.isPlaceholderData}>
            <thead>
              <tr>
                <th scope="col">Type</th>
                <th scope="col">What became of it</th>
                <th scope="col">Source</th>
                <th scope="col">Subject</th>
                <th scope="col">Received</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Row key={item.sequence} item={item} />
              ))}
            </tbody>
          </table>
          <nav className={list.pager} aria-label="Older events">
            <Button
              disabled={!events.hasNextPage || events.isFetchingNextPage}
              onClick={() => void events.fetchNextPage()}
            >
              {events.hasNextPage ? 'Load older' : 'No older ones'}
            </Button>
          </nav>
        </>
      )}
    </div>
  );
}

function Row({ item }: { readonly item: EventSummary }) {
  const key = item.correlationKey === item.subject ? undefined : item.correlationKey;
  return (
    <tr>
      <td data-label="Type" className={list.process}>
        <Link to={`/events/${item.sequence}`}>{item.type}</Link>{' '}
        <span className={list.version}>{item.sequence}</span>
      </td>
      <td data-label="Fate">
        <Fate fate={item.fate} />
      </td>
      <td data-label="Source">{item.source}</td>
      <td
        data-label="Subject"
        className={item.subject === undefined && key === undefined ? list.none : undefined}
      >
        {item.subject ?? (key === undefined ? '–' : '')}
        {key !== undefined && <span className={list.version}> key {key}</span>}
      </td>
      <td data-label="Received">
        <time dateTime={item.received} title={relative(item.received, Date.now())}>
          {dateTime(item.received)}
        </time>
      </td>
    </tr>
  );
}

const FIELDS = [
  ['type', 'Type', 'Type'],
  ['source', 'Source', 'Source'],
  ['subject', 'Subject', 'Subject'],
  ['correlationKey', 'Correlation key', 'Key'],
  ['correlationId', 'Business transaction', 'Transaction'],
] as const;
const TIMES = [
  ['from', 'From'],
  ['to', 'To'],
] as const;

function Filters({
  query,
  set,
}: {
  readonly query: string;
  readonly set: (change: Partial<EventFilter>) => void;
}) {
  const [draft, setDraft] = useState(() => filterOf(query));
  useEffect(() => setDraft(filterOf(query)), [query]);
  const change = (name: keyof EventFilter, value: string) => setDraft({ ...draft, [name]: value });
  return (
    <search>
      <form
        className={`${list.filters} ${styles.filters}`}
        onSubmit={(event) => {
          event.preventDefault();
          set(draft);
        }}
      >
        {FIELDS.map(([name, label, short]) => (
          <input
            key={name}
            type="search"
            aria-label={label}
            placeholder={short}
            value={draft[name]}
            onChange={(event) => change(name, event.target.value)}
          />
        ))}
        <select
          aria-label="What became of it"
          value={draft.fate}
          onChange={(event) => set({ ...draft, fate: event.target.value })}
        >
          <option value="">Any fate</option>
          {Object.entries(FATES).map(([kind, [word]]) => (
            <option key={kind} value={kind}>
              {word}
            </option>
          ))}
        </select>
        {TIMES.map(([name, label]) => (
          <label key={name} className={styles.time}>
            {label}
            <input
              type="datetime-local"
              value={draft[name]}
              onChange={(event) => change(name, event.target.value)}
            />
          </label>
        ))}
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}
