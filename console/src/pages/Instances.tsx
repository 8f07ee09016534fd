import { useEffect, useState } from 'react';
import type { InstanceFilter } from '../api/client.ts';
import { instanceQuery } from '../api/client.ts';
import { useDefinitions, useInstances } from '../api/queries.ts';
import { Link, useNavigation } from '../app/navigation.tsx';
import { Badge } from '../components/Badge.tsx';
import { Button } from '../components/Button.tsx';
import styles from '../components/List.module.css';
import { Note, Problem } from '../components/Note.tsx';
import { dateTime, relative } from '../views/format.ts';
import { placesText } from '../views/places.ts';

function filterOf(query: string): InstanceFilter {
  const values = new URLSearchParams(query);
  return {
    process: values.get('process') ?? '',
    state: values.get('state') ?? '',
    incidents: values.get('incidents') === 'true',
    text: values.get('text') ?? '',
    after: values.get('after') ?? '',
  };
}

const pathOf = (filter: InstanceFilter) => {
  const query = instanceQuery(filter);
  return query === '' ? '/instances' : `/instances?${query}`;
};

/** The list of instances; its filter is its address, so that it can be bookmarked and shared. */
export function Instances({ query }: { readonly query: string }) {
  const { go } = useNavigation();
  const filter = filterOf(query);
  const page = useInstances(filter);
  const set = (change: Partial<InstanceFilter>) => go(pathOf({ ...filter, after: '', ...change }), true);
  const { data } = page;
  const total = data === undefined ? '' : `${data.totalItems}${data.hasMoreTotalItems ? '+' : ''}`;
  const filtered = instanceQuery({ ...filter, after: '' }) !== '';
  const next = data?.endCursor ?? null;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>
          Instances <span className={styles.total}>{total}</span>
        </h1>
        <Filters filter={filter} set={set} />
      </div>
      <Problem error={page.error} />
      {data === undefined && page.error === null && <Note>Loading…</Note>}
      {data?.items.length === 0 &&
        (filtered ? (
          <Note title="No instance matches">
            <Link to="/instances">Show all</Link>
          </Note>
        ) : (
          <Note title="Nothing has run yet">
            Deploy a model with <code>tutti deploy FILE.bpmn</code>, then start an instance or send an event.
          </Note>
        ))}
      {data !== undefined && data.items.length > 0 && (
        <>
          <table className={styles.table} aria-busy={page.isPlaceholderData}>
            <thead>
              <tr>
                <th scope="col">Process</th>
                <th scope="col">Stands at</th>
                <th scope="col">State</th>
                <th scope="col">Started</th>
                <th scope="col">Incidents</th>
                <th scope="col">Key</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((item) => (
                <tr key={item.processInstanceKey}>
                  <td data-label="Process" className={styles.process}>
                    <Link to={`/instances/${item.processInstanceKey}`}>
                      {item.processDefinitionName ?? item.processDefinitionId}
                    </Link>{' '}
                    <span className={styles.version}>v{item.processDefinitionVersion}</span>
                  </td>
                  <td data-label="Stands at" className={item.standsAt.length === 0 ? styles.none : undefined}>
                    {placesText(item)}
                  </td>
                  <td data-label="State">
                    <Badge instance={item} />
                  </td>
                  <td data-label="Started">
                    <time dateTime={item.startDate} title={relative(item.startDate, Date.now())}>
                      {dateTime(item.startDate)}
                    </time>
                  </td>
                  <td data-label="Incidents" className={item.incidents > 0 ? styles.bad : styles.none}>
                    {item.incidents > 0 ? item.incidents : '–'}
                  </td>
                  <td data-label="Key">
                    <code>{item.processInstanceKey}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <nav className={styles.pager} aria-label="Pages">
            <Button disabled={filter.after === ''} onClick={() => window.history.back()}>
              Newer
            </Button>
            <Button
              disabled={
                next === null ||
                (filter.after === '' && data.items.length >= data.totalItems) ||
                data.items.length < 50
              }
              onClick={() => next !== null && go(pathOf({ ...filter, after: next }))}
            >
              Older
            </Button>
          </nav>
        </>
      )}
    </div>
  );
}

function Filters({
  filter,
  set,
}: {
  readonly filter: InstanceFilter;
  readonly set: (change: Partial<InstanceFilter>) => void;
}) {
  const definitions = useDefinitions();
  const [text, setText] = useState(filter.text);
  useEffect(() => setText(filter.text), [filter.text]);
  const processes = new Map(
    (definitions.data ?? []).map(({ definition }) => [
      definition.processDefinitionId,
      definition.name ?? definition.processDefinitionId,
    ]),
  );
  return (
    <search className={styles.filters}>
      <form
        className={styles.search}
        onSubmit={(event) => {
          event.preventDefault();
          set({ text });
        }}
      >
        <input
          type="search"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value === '') set({ text: '' });
          }}
          placeholder="Key or value of a variable"
          aria-label="Find by key or by the value of a variable"
        />
      </form>
      <select
        aria-label="Process"
        value={filter.process}
        onChange={(event) => set({ process: event.target.value })}
      >
        <option value="">All processes</option>
        {Array.from(processes, ([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="State"
        value={filter.state}
        onChange={(event) => set({ state: event.target.value })}
      >
        <option value="">Any state</option>
        <option value="ACTIVE">Active</option>
        <option value="COMPLETED">Completed</option>
        <option value="TERMINATED">Canceled</option>
      </select>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={filter.incidents}
          onChange={(event) => set({ incidents: event.target.checked })}
        />
        With incidents
      </label>
    </search>
  );
}
