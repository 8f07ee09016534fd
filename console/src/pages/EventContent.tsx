import { useMemo, useState } from 'react';
import type { EventStory } from '../api/event-types.ts';
import { Link } from '../app/navigation.tsx';
import { Button } from '../components/Button.tsx';
import { Panel } from '../components/Panel.tsx';
import { attributesOf, capped, dataOf } from '../views/events.ts';
import styles from './Events.module.css';

/** What an event is, beside what became of it. */

/** Characters of the data that are shown at once. */
const SHOWN_DATA = 20_000;

export function Attributes({ story }: { readonly story: EventStory }) {
  const attributes = attributesOf(story.event);
  return (
    <Panel title="Attributes" count={attributes.length}>
      <dl className={styles.attributes}>
        {attributes.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

export function Data({ story }: { readonly story: EventStory }) {
  const data = useMemo(() => dataOf(story.eventText), [story.eventText]);
  const [raw, setRaw] = useState(false);
  const [all, setAll] = useState(false);
  if (data.kind === 'none') {
    return (
      <Panel title="Data">
        <p className={styles.empty}>It carries none.</p>
      </Panel>
    );
  }
  const { shown, left } = capped(raw ? data.text : data.pretty, all ? Number.POSITIVE_INFINITY : SHOWN_DATA);
  return (
    <Panel title="Data">
      <div className={styles.dataBar}>
        <span className={styles.muted}>
          {data.kind === 'base64' ? 'binary, in base64' : data.kind} · {data.text.length} characters
        </span>
        <span className={styles.actions}>
          <Link to={`/filters?event=${story.sequence}`}>Try a filter on it</Link>
          {data.kind === 'json' && (
            <label>
              <input type="checkbox" checked={raw} onChange={(event) => setRaw(event.target.checked)} /> Raw
            </label>
          )}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <pre className={styles.data} tabIndex={0}>
        {shown}
      </pre>
      {left > 0 && (
        <p className={styles.empty}>
          {left} characters more. <Button onClick={() => setAll(true)}>Show all</Button>
        </p>
      )}
    </Panel>
  );
}
