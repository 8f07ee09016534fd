import type { OpenWait } from '../../runtime/events/index.ts';
import { json, type Route } from '../http.ts';
import { queryInteger } from '../records.ts';
import type { EventsContext } from './context.ts';

const PAGE = 50;
const MOST = 200;

/**
 * `GET /api/waits`: jobs that wait for an event, the oldest first. The query may name the reply's `type`, the
 * `correlationKey`, a `limit`, and with `after` the last job key of the page before. Times are RFC 3339.
 */
export function waitRoutes({ events }: EventsContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/waits',
      accepts: 'none',
      handler: async (request) => {
        const limit = queryInteger(request, 'limit', 1, MOST) ?? PAGE;
        const after = queryInteger(request, 'after', 1, Number.MAX_SAFE_INTEGER);
        const type = request.query.get('type');
        const correlationKey = request.query.get('correlationKey');
        const found = await events.waits({
          ...(type !== null && type !== '' && { type }),
          ...(correlationKey !== null && correlationKey !== '' && { correlationKey }),
          ...(after !== undefined && { after }),
          limit,
        });
        const last = found.length === limit ? found.at(-1)?.jobKey : undefined;
        return json(200, { items: found.map(showWait), next: last === undefined ? undefined : String(last) });
      },
    },
  ];
}

function showWait({ jobKey, processInstanceKey, since, until, ...wait }: OpenWait): object {
  return {
    ...wait,
    jobKey: String(jobKey),
    processInstanceKey: String(processInstanceKey),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}
