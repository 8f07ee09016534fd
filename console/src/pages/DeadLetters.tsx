import { useState } from 'react';
import { eventApi } from '../api/event-client.ts';
import { useDeadLetters, useEventChange } from '../api/event-queries.ts';
import type { DeadLetter } from '../api/event-types.ts';
import { Link, useNavigation } from '../app/navigation.tsx';
import { Button } from '../components/Button.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Copy } from '../components/Copy.tsx';
import list from '../components/List.module.css';
import { Note, Problem } from '../components/Note.tsx';
import { type BulkOutcome, bulkText } from '../views/events.ts';
import { dateTime } from '../views/format.ts';
import styles from './Events.module.css';

type Action = 'resend' | 'discard';

const apply = ({ action, ids }: { action: Action; ids: readonly number[] }): Promise<BulkOutcome> =>
  action === 'resend' ? eventApi.resendAll(ids) : eventApi.discardAll(ids);

/** Deliveries that were given up: why, and what to do with them, many at a time. */
export function DeadLetters({ query }: { readonly query: string }) {
  const { go } = useNavigation();
  const subscription = new URLSearchParams(query).get('subscription') ?? '';
  const letters = useDeadLetters();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [asking, setAsking] = useState<Action | undefined>();
  const [told, setTold] = useState('');
  const change = useEventChange(apply);
  const all = letters.data?.pages.flatMap((page) => page.items);
  const shown = all?.filter((letter) => subscription === '' || letter.subscriptionId === subscription);
  const subscriptions = [...new Set(all?.flatMap(({ subscriptionId }) => subscriptionId ?? []))];
  const ids = (shown ?? []).map(({ id }) => id).filter((id) => chosen.has(id));
  const choose = (id: number, wanted: boolean) => {
    const next = new Set(chosen);
    if (wanted) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const applyTo = (action: Action) =>
    change.mutate(
      { action, ids },
      {
        onSuccess: (outcome) => {
          setTold(bulkText(action === 'resend' ? 'on the way again' : 'discarded', outcome));
          setChosen(new Set());
        },
      },
    );
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>
          Dead letters{' '}
          <span className={list.total}>
            {shown?.length}
            {letters.hasNextPage && '+'}
          </span>
        </h1>
        <div className={`${list.filters} ${styles.actions}`}>
          <select
            aria-label="Subscription"
            value={subscription}
            onChange={({ target }) =>
              go(
                target.value === ''
                  ? '/dead-letters'
                  : `/dead-letters?${new URLSearchParams({ subscription: target.value })}`,
                true,
              )
            }
          >
            <option value="">All receivers</option>
            {[...new Set([...subscriptions, ...(subscription === '' ? [] : [subscription])])].map((id) => (
              <option key={id} value={id}>
                Subscription {id}
              </option>
            ))}
          </select>
          <Button
            look="main"
            disabled={ids.length === 0 || change.isPending}
            onClick={() => setAsking('resend')}
          >
            Send again
          </Button>
          <Button
            look="bad"
            disabled={ids.length === 0 || change.isPending}
            onClick={() => setAsking('discard')}
          >
            Discard
          </Button>
        </div>
      </div>
      <p className={styles.muted} role="status">
        {change.isPending ? 'Working…' : told}
      </p>
      <Problem error={letters.error} retry={() => void letters.refetch()} />
      {shown === undefined && letters.error === null && <Note>Loading…</Note>}
      {shown?.length === 0 &&
        (subscription === '' ? (
          <Note title="No dead letters">
            Every delivery has arrived, or is still being tried. On the command line:
            <Copy text="tutti dead-letters" />
          </Note>
        ) : (
          <Note title="None of this subscription">
            <Link to="/dead-letters">Show all</Link>
          </Note>
        ))}
      {shown !== undefined && shown.length > 0 && (
        <>
          <label className={list.check}>
            <input
              type="checkbox"
              checked={ids.length === shown.length}
              onChange={({ target }) => setChosen(new Set(target.checked ? shown.map(({ id }) => id) : []))}
            />
            {ids.length === 0 ? 'Choose all that are shown' : `${ids.length} chosen`}
          </label>
          <table className={`${list.table} ${styles.table}`}>
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">Why it was given up</th>
                <th scope="col">Receiver</th>
                <th scope="col">Attempts</th>
                <th scope="col">Given up</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((letter) => (
                <Row
                  key={letter.id}
                  letter={letter}
                  chosen={chosen.has(letter.id)}
                  onChoose={(wanted) => choose(letter.id, wanted)}
                />
              ))}
            </tbody>
          </table>
        </>
      )}
      {letters.hasNextPage && (
        <nav className={list.pager} aria-label="Older dead letters">
          <Button disabled={letters.isFetchingNextPage} onClick={() => void letters.fetchNextPage()}>
            Load older
          </Button>
        </nav>
      )}
      {asking !== undefined && (
        <Confirm
          title={`${asking === 'resend' ? 'Send again' : 'Discard'} ${ids.length} dead ${ids.length === 1 ? 'letter' : 'letters'}?`}
          action={asking === 'resend' ? 'Send them again' : 'Discard them'}
          keep="Leave them"
          onConfirm={() => applyTo(asking)}
          onClose={() => setAsking(undefined)}
        >
          {asking === 'resend'
            ? 'Each is delivered once more, with all its retries, the oldest first.'
            : 'Their receivers never get these events. The events stay in the log.'}
        </Confirm>
      )}
    </div>
  );
}

function Row({
  letter,
  chosen,
  onChoose,
}: {
  readonly letter: DeadLetter;
  readonly chosen: boolean;
  readonly onChoose: (wanted: boolean) => void;
}) {
  return (
    <tr>
      <td data-label="Event">
        <label className={styles.pick}>
          <input
            type="checkbox"
            aria-label={`Choose dead letter ${letter.id}`}
            checked={chosen}
            onChange={({ target }) => onChoose(target.checked)}
          />
          <Link to={`/events/${letter.sequence}`}>{letter.type}</Link>
        </label>
      </td>
      <td data-label="Why">
        <div>
          {letter.reason}
          {letter.response !== undefined && letter.response.body !== '' && (
            <div className={styles.muted}>answered: {letter.response.body.slice(0, 200)}</div>
          )}
        </div>
      </td>
      <td data-label="Receiver">{letter.sink}</td>
      <td data-label="Attempts">{letter.attempts}</td>
      <td data-label="Given up">
        <time dateTime={letter.time}>{dateTime(letter.time)}</time>
      </td>
    </tr>
  );
}
