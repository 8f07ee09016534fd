import { useMemo, useState } from 'react';
import { eventApi } from '../api/event-client.ts';
import { useEventChange, useStory } from '../api/event-queries.ts';
import type { EventStory } from '../api/event-types.ts';
import { Link, useNavigation } from '../app/navigation.tsx';
import { Button } from '../components/Button.tsx';
import { Editor } from '../components/Editor.tsx';
import { Note, Problem } from '../components/Note.tsx';
import { Panel } from '../components/Panel.tsx';
import { Fate } from '../components/Word.tsx';
import { copyOf, deliveryText, mayRouteAgain, nearMissText } from '../views/events.ts';
import { dateTime } from '../views/format.ts';
import { Attributes, Data } from './EventContent.tsx';
import styles from './Events.module.css';

const SHOWN_EFFECTS = 50;

/** One event: what it is, what became of it and why, and what can be done. */
export function Event({ sequence }: { readonly sequence: string }) {
  const { data: story, error, refetch } = useStory(sequence);
  const [copying, setCopying] = useState(false);
  if (error !== null && story === undefined) {
    return (
      <Note title="This event cannot be shown" bad>
        {error.message} <Link to="/events">To the list</Link>{' '}
        <Button onClick={() => void refetch()}>Try again</Button>
      </Note>
    );
  }
  if (story === undefined) return <Note>Loading…</Note>;
  return (
    <div className={styles.page}>
      <Head story={story} onCopy={() => setCopying(true)} />
      {copying && <PublishAgain story={story} onClose={() => setCopying(false)} />}
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Fates story={story} />
          <Deliveries story={story} />
          <DeadLetters story={story} />
          <NearMisses story={story} />
          <Cause story={story} />
          <Effects story={story} />
        </div>
        <div className={styles.stack}>
          <Attributes story={story} />
          <Data story={story} />
        </div>
      </div>
    </div>
  );
}

function Head({ story, onCopy }: { readonly story: EventStory; readonly onCopy: () => void }) {
  const route = useEventChange(eventApi.routeAgain);
  return (
    <>
      <div className={styles.head}>
        <div>
          <p className={styles.crumbs}>
            <Link to="/events">Events</Link> / <code>{story.sequence}</code>
          </p>
          <h1>{String(story.event['type'])}</h1>
          <p className={styles.when}>
            Received {dateTime(story.received)}
            {story.repeats !== undefined &&
              `, and ${story.repeats.count} more ${story.repeats.count === 1 ? 'time' : 'times'} until ${dateTime(story.repeats.last)}, without effect`}
            {story.trace !== undefined && (
              <>
                {' · '}
                <Link to={`/events?${new URLSearchParams({ correlationId: story.trace.correlationId })}`}>
                  its business transaction
                </Link>
              </>
            )}
          </p>
        </div>
        <div className={styles.actions}>
          {mayRouteAgain(story) && (
            <Button disabled={route.isPending} onClick={() => route.mutate(story.sequence)}>
              Route again
            </Button>
          )}
          <Button onClick={onCopy}>Publish an edited copy</Button>
        </div>
      </div>
      <Problem error={route.error} />
    </>
  );
}

function PublishAgain({ story, onClose }: { readonly story: EventStory; readonly onClose: () => void }) {
  const { go } = useNavigation();
  const publish = useEventChange(eventApi.publish);
  const initial = useMemo(() => copyOf(story.eventText, crypto.randomUUID()), [story.eventText]);
  return (
    <Panel title="Publish an edited copy">
      <Editor
        label="The event as JSON. Its id is a new one: with the old id it would be a repeat, without effect."
        initial={initial}
        action="Publish"
        pending={publish.isPending}
        error={publish.error}
        onClose={onClose}
        onSave={(text) => publish.mutate(text, { onSuccess: (sequence) => go(`/events/${sequence}`) })}
      />
    </Panel>
  );
}

function Fates({ story }: { readonly story: EventStory }) {
  return (
    <Panel title="What became of it" count={story.fates.length}>
      {story.fates.length === 0 && <p className={styles.empty}>It is stored, and not routed yet.</p>}
      <ol className={styles.rows}>
        {story.fates.map((fate, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fates are only ever added at the end
          <li key={index}>
            <time className={styles.muted} dateTime={fate.time}>
              {dateTime(fate.time)}
            </time>
            <Fate fate={fate} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Deliveries({ story }: { readonly story: EventStory }) {
  if (story.deliveries.length === 0) return null;
  return (
    <Panel title="On its way" count={story.deliveries.length}>
      <ul className={styles.rows}>
        {story.deliveries.map((delivery) => (
          <li key={delivery.id}>
            {delivery.subscriptionId === undefined ? (
              <b>{delivery.host}</b>
            ) : (
              <span>
                to <Link to="/subscriptions">subscription {delivery.subscriptionId}</Link>
              </span>
            )}
            <span className={styles.muted}>{deliveryText(delivery, Date.now())}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function DeadLetters({ story }: { readonly story: EventStory }) {
  const resend = useEventChange(eventApi.resend);
  const discard = useEventChange(eventApi.discard);
  const pending = resend.isPending || discard.isPending;
  if (story.deadLetters.length === 0) return <Problem error={resend.error ?? discard.error} />;
  return (
    <Panel title="Dead letters" count={story.deadLetters.length}>
      <ul className={styles.rows}>
        {story.deadLetters.map((letter) => (
          <li key={letter.id}>
            <b>{letter.sink}</b>
            <span>{letter.reason}</span>
            <span className={styles.muted}>
              given up {dateTime(letter.time)} after {letter.attempts}{' '}
              {letter.attempts === 1 ? 'attempt' : 'attempts'}
            </span>
            <span className={styles.actions}>
              <Button disabled={pending} onClick={() => resend.mutate(letter.id)}>
                Send again
              </Button>
              <Button look="bad" disabled={pending} onClick={() => discard.mutate(letter.id)}>
                Discard
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Problem error={resend.error ?? discard.error} />
    </Panel>
  );
}

function NearMisses({ story }: { readonly story: EventStory }) {
  if (story.nearMisses.length === 0) return null;
  return (
    <Panel title="Near misses" count={story.nearMisses.length}>
      <ul className={styles.rows}>
        {story.nearMisses.map((miss) => (
          <li key={`${miss.processInstanceKey} ${miss.elementId} ${miss.messageName}`}>
            <span>
              <Link to={`/instances/${miss.processInstanceKey}`}>Instance {miss.processInstanceKey}</Link> at{' '}
              <b>{miss.elementId}</b>
            </span>
            <span className={styles.muted}>{nearMissText(miss, story.event)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Cause({ story }: { readonly story: EventStory }) {
  if (story.cause === undefined && story.causeJob === undefined) return null;
  return (
    <Panel title="Where it comes from">
      <ul className={styles.rows}>
        {story.causeJob !== undefined && <li>A process sent it: job {story.causeJob}.</li>}
        {story.cause !== undefined && <CausingEvent sequence={story.cause} />}
      </ul>
    </Panel>
  );
}

/** The causes of an event up to the first, one asked after the other; hops are bounded by the server. */
function CausingEvent({ sequence }: { readonly sequence: number }) {
  const { data: story } = useStory(String(sequence));
  return (
    <>
      <li>
        <span>
          Caused by{' '}
          <Link to={`/events/${sequence}`}>
            {story === undefined ? `event ${sequence}` : String(story.event['type'])}
          </Link>
        </span>
        {story !== undefined && <span className={styles.muted}>received {dateTime(story.received)}</span>}
      </li>
      {story?.cause !== undefined && <CausingEvent sequence={story.cause} />}
    </>
  );
}

function Effects({ story: { effects = [] } }: { readonly story: EventStory }) {
  if (effects.length === 0) return null;
  return (
    <Panel title="What it led to" count={effects.length}>
      <ul className={styles.rows}>
        {effects.slice(0, SHOWN_EFFECTS).map((sequence) => (
          <Effect key={sequence} sequence={sequence} />
        ))}
      </ul>
    </Panel>
  );
}

function Effect({ sequence }: { readonly sequence: number }) {
  const { data: story } = useStory(String(sequence));
  return (
    <li>
      <Link to={`/events/${sequence}`}>
        {story === undefined ? `event ${sequence}` : String(story.event['type'])}
      </Link>
      {story !== undefined && <Fate fate={story.fates.at(-1)} />}
    </li>
  );
}
