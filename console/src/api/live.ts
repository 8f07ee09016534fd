import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { eventKeys } from './event-queries.ts';
import { queryKeys } from './queries.ts';

/** Follows topics of the server's stream and makes what they touch stale. True while connected. */
export function useLive(topics: string): boolean {
  const client = useQueryClient();
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    const source = new EventSource(`/api/live?topics=${encodeURIComponent(topics)}`);
    let greeted = false;
    source.addEventListener('hello', () => {
      setConnected(true);
      // After a gap anything may have changed.
      if (greeted) void client.invalidateQueries();
      greeted = true;
    });
    source.addEventListener('changed', (event) => {
      const data = JSON.parse(event.data) as { topics: readonly string[] };
      for (const topic of data.topics) {
        if (topic === 'instances') void client.invalidateQueries({ queryKey: queryKeys.instances });
        else if (topic === 'events') void client.invalidateQueries({ queryKey: eventKeys.all });
        else if (topic === 'definitions') void client.invalidateQueries({ queryKey: queryKeys.definitions });
        else void client.invalidateQueries({ queryKey: queryKeys.instance(topic.slice('instance:'.length)) });
      }
    });
    source.addEventListener('error', () => setConnected(false));
    return () => source.close();
  }, [client, topics]);
  return connected;
}
