import { useEffect, useId, useState } from 'react';
import { useEvaluation, useNewestEvents, useStory } from '../api/event-queries.ts';
import type { Evaluation } from '../api/event-types.ts';
import { Link } from '../app/navigation.tsx';
import editor from '../components/Editor.module.css';
import list from '../components/List.module.css';
import { Note, Problem } from '../components/Note.tsx';
import { Panel } from '../components/Panel.tsx';
import { Word } from '../components/Word.tsx';
import { markAt } from '../views/events.ts';
import { prettyJson } from '../views/format.ts';
import { jsonMistake } from '../views/json.ts';
import styles from './Filters.module.css';

type Dialect = 'sql' | 'json';

const EXAMPLES: Readonly<Record<Dialect, string>> = {
  sql: "type LIKE 'Order.%' AND source = '/shop'",
  json: '{ "all": [{ "prefix": { "type": "Order." } }, { "exact": { "source": "/shop" } }] }',
};
const EVENT = `{
  "specversion": "1.0",
  "id": "1",
  "source": "/shop",
  "type": "Order.Placed",
  "subject": "order-1",
  "data": { "amount": 12 }
}`;
/** A pause in typing, ms. */
const PAUSE_MS = 250;

/** A filter on the left, an event on the right, and what comes of it. */
export function Filters({ query }: { readonly query: string }) {
  const [dialect, setDialect] = useState<Dialect>('sql');
  const [texts, setTexts] = useState(EXAMPLES);
  const [event, setEvent] = useState(EVENT);
  const [picked, setPicked] = useState(new URLSearchParams(query).get('event') ?? '');
  const newest = useNewestEvents();
  const story = useStory(picked);
  useEffect(() => {
    if (story.data !== undefined) setEvent(prettyJson(story.data.eventText));
  }, [story.data]);
  const text = texts[dialect];
  const filterMistake = dialect === 'json' ? jsonMistake(text) : undefined;
  const eventMistake = jsonMistake(event);
  const laterText = useLater(text);
  // A bare string is an expression whose value may have any type.
  const filterText = dialect === 'sql' ? JSON.stringify(laterText) : laterText;
  const eventText = useLater(event);
  const ready = filterMistake === undefined && eventMistake === undefined;
  const answer = useEvaluation(ready ? filterText : undefined, ready ? eventText : undefined);
  const id = useId();
  return (
    <div className={styles.page}>
      <div>
        <p className={styles.crumbs}>
          <Link to="/subscriptions">Subscriptions</Link> / Filter playground
        </p>
        <h1>Filter playground</h1>
      </div>
      <div className={styles.columns}>
        <Panel title="Filter">
          <div className={`${editor.editor} ${styles.box}`}>
            <fieldset className={styles.choice}>
              <legend>Dialect</legend>
              {(['sql', 'json'] as const).map((name) => (
                <label key={name}>
                  <input
                    type="radio"
                    name={id}
                    checked={dialect === name}
                    onChange={() => setDialect(name)}
                  />{' '}
                  {name === 'sql' ? 'CloudEvents SQL' : 'JSON'}
                </label>
              ))}
            </fieldset>
            <textarea
              aria-label="Filter"
              spellCheck={false}
              rows={12}
              value={text}
              aria-invalid={filterMistake !== undefined}
              onChange={({ target }) => setTexts({ ...texts, [dialect]: target.value })}
            />
            <p className={editor.mistake}>{filterMistake}</p>
          </div>
        </Panel>
        <Panel title="Event">
          <div className={`${editor.editor} ${styles.box}`}>
            <div className={`${list.filters} ${styles.pick}`}>
              <select
                aria-label="Take an event from the log"
                value={picked}
                onChange={({ target }) => setPicked(target.value)}
              >
                <option value="">Own text, or one from the log…</option>
                {(newest.data ?? []).map(({ sequence, type, subject }) => (
                  <option key={sequence} value={sequence}>
                    {sequence} {type} {subject}
                  </option>
                ))}
              </select>
            </div>
            <textarea
              aria-label="Event"
              spellCheck={false}
              rows={12}
              value={event}
              aria-invalid={eventMistake !== undefined}
              onChange={({ target }) => {
                setEvent(target.value);
                setPicked('');
              }}
            />
            <p className={editor.mistake}>{eventMistake}</p>
          </div>
        </Panel>
      </div>
      <Problem error={story.error} />
      <Panel title="Result">
        <div className={styles.result} aria-live="polite" aria-busy={answer.isFetching}>
          {!ready && <p>Make filter and event valid JSON first.</p>}
          {ready && answer.error !== null && (
            <Problem error={answer.error} retry={() => void answer.refetch()} />
          )}
          {ready && answer.error === null && answer.data === undefined && <Note>Loading…</Note>}
          {ready && answer.error === null && answer.data !== undefined && (
            <Result answer={answer.data} expression={dialect === 'sql' ? laterText : undefined} />
          )}
        </div>
      </Panel>
    </div>
  );
}

/** @param expression the CESQL text, to mark where it is wrong; undefined for other filters */
function Result({
  answer,
  expression,
}: {
  readonly answer: Evaluation;
  readonly expression: string | undefined;
}) {
  return (
    <>
      <p>
        <Word
          {...(answer.matches ? { word: 'matches', tone: 'good' } : { word: 'does not match', tone: 'none' })}
        />{' '}
        {answer.value !== undefined && (
          <>
            value <code>{JSON.stringify(answer.value)}</code>
            {answer.type !== undefined && ` of type ${answer.type}`}
          </>
        )}
      </p>
      {answer.errors.map(({ kind, message, path, position }) => {
        const mark =
          expression === undefined || position === undefined
            ? undefined
            : markAt(expression, position.offset);
        return (
          <div key={`${kind} ${path} ${position?.offset} ${message}`} className={styles.error}>
            <p>
              <b>{kind}</b>
              {expression === undefined && path !== undefined && ` at ${path}`}
              {position !== undefined && ` in line ${position.line}, column ${position.column}`}: {message}
            </p>
            {mark !== undefined && (
              <pre>
                {mark.before}
                <mark>{mark.at === '' || mark.at === '\n' ? ' ' : mark.at}</mark>
                {mark.at === '\n' ? `\n${mark.after}` : mark.after}
              </pre>
            )}
          </div>
        );
      })}
    </>
  );
}

/** The value as it was when it last stood still for a moment. */
function useLater(value: string): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
