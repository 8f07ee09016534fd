import { useState } from 'react';
import { eventApi } from '../api/event-client.ts';
import { useEventChange, useSubscriptions } from '../api/event-queries.ts';
import type { Subscription } from '../api/event-types.ts';
import { useNavigation } from '../app/navigation.tsx';
import { Button } from '../components/Button.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Copy } from '../components/Copy.tsx';
import { Editor } from '../components/Editor.tsx';
import list from '../components/List.module.css';
import { Note, Problem } from '../components/Note.tsx';
import { Panel } from '../components/Panel.tsx';
import { Word } from '../components/Word.tsx';
import { editable, subscriptionState, wants } from '../views/events.ts';
import styles from './Events.module.css';

const TEMPLATE = `{
  "sink": "http://127.0.0.1:9000/",
  "protocol": "HTTP",
  "types": ["Order.Placed"],
  "filters": [{ "prefix": { "source": "/shop" } }]
}`;

/** Who gets which events; new ones are made here, and old ones changed. */
export function Subscriptions() {
  const { go } = useNavigation();
  const { data, error, refetch } = useSubscriptions();
  const [editing, setEditing] = useState<Subscription | 'new' | undefined>();
  const [deleting, setDeleting] = useState<Subscription | undefined>();
  const remove = useEventChange(eventApi.deleteSubscription);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>
          Subscriptions <span className={list.total}>{data?.length}</span>
        </h1>
        <div className={styles.actions}>
          <Button onClick={() => go('/filters')}>Try a filter</Button>
          <Button look="main" onClick={() => setEditing('new')}>
            New subscription
          </Button>
        </div>
      </div>
      {editing !== undefined && (
        <Edit
          key={editing === 'new' ? '' : editing.id}
          subscription={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      <Problem error={error} retry={() => void refetch()} />
      <Problem error={remove.error} />
      {data === undefined && error === null && <Note>Loading…</Note>}
      {data?.length === 0 && (
        <Note title="Nobody has subscribed">
          A subscription posts the events that it asks for to an address. Create one here, or so:
          <Copy text="tutti subscriptions create --sink http://127.0.0.1:9000/ --type Order.Placed" />
        </Note>
      )}
      {data !== undefined && data.length > 0 && (
        <table className={`${list.table} ${styles.table}`}>
          <thead>
            <tr>
              <th scope="col">Sink</th>
              <th scope="col">Wants</th>
              <th scope="col">State</th>
              <th scope="col">Id</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {data.map((subscription) => {
              const { why, ...word } = subscriptionState(subscription);
              return (
                <tr key={subscription.id}>
                  <td data-label="Sink">
                    <b>{subscription.sink}</b>
                  </td>
                  <td data-label="Wants">{wants(subscription)}</td>
                  <td data-label="State">
                    <div>
                      <Word {...word} />
                      {why !== '' && <div className={styles.muted}>{why}</div>}
                    </div>
                  </td>
                  <td data-label="Id">
                    <code>{subscription.id}</code>
                  </td>
                  <td data-label="Change">
                    <div className={styles.actions}>
                      <Button
                        aria-label={`Edit subscription ${subscription.id}`}
                        onClick={() => setEditing(subscription)}
                      >
                        Edit
                      </Button>
                      <Button
                        look="bad"
                        aria-label={`Delete subscription ${subscription.id}`}
                        onClick={() => setDeleting(subscription)}
                      >
                        Delete
                      </Button>
                    </div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {deleting !== undefined && (
        <Confirm
          title="Delete this subscription?"
          action="Delete the subscription"
          keep="Keep it"
          onConfirm={() => remove.mutate(deleting.id)}
          onClose={() => setDeleting(undefined)}
        >
          {deleting.sink} gets no more events from it, and what is still on its way to it is dropped.
        </Confirm>
      )}
    </div>
  );
}

function Edit({
  subscription,
  onClose,
}: {
  readonly subscription: Subscription | undefined;
  readonly onClose: () => void;
}) {
  const save = useEventChange((text: string) => eventApi.saveSubscription(subscription?.id, text));
  return (
    <Panel title={subscription === undefined ? 'New subscription' : `Subscription ${subscription.id}`}>
      <Editor
        label="As the CloudEvents Subscriptions API has it. All filters must match."
        initial={subscription === undefined ? TEMPLATE : editable(subscription)}
        action={
          subscription === undefined
            ? 'Create'
            : subscription.retired === undefined
              ? 'Save'
              : 'Save and revive'
        }
        pending={save.isPending}
        error={save.error}
        onClose={onClose}
        onSave={(text) => save.mutate(text, { onSuccess: onClose })}
      />
    </Panel>
  );
}
