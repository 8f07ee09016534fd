import {
  type CollectionName,
  type Condition,
  collection,
  type Row,
  type SearchQuery,
} from '../../history/index.ts';
import { Fields, pathKey } from '../fields.ts';
import { json, type Route } from '../http.ts';
import type { GatewayContext } from './context.ts';
import { readFilter, readTests } from './filter.ts';
import {
  equal,
  jobType,
  metrics,
  minutes,
  readOfType,
  readWindow,
  required,
  stepOf,
} from './job-statistics.ts';
import { type Paging, readPage } from './page.ts';
import { renderRow } from './rows.ts';
import { foundByPath } from './search-routes.ts';
import { readSorts } from './sorts.ts';

/** Statistics: groups of what the read model holds. */

interface Statistic {
  readonly path: string;
  readonly collection: CollectionName;
  readonly paging: Paging;
  /** Reads the filter: which rows are grouped, and by which steps of time. */
  read(body: Fields): Pick<SearchQuery, 'grouped' | 'step'>;
  /** How a row is shown, if not as it is. */
  readonly show?: (row: Row) => object;
}

const STATISTICS: readonly Statistic[] = [
  {
    path: 'process-definitions/statistics/process-instances',
    collection: 'definitionInstanceStatistics',
    paging: 'offset',
    read: () => ({}),
  },
  {
    path: 'process-definitions/statistics/process-instances-by-version',
    collection: 'versionInstanceStatistics',
    paging: 'offset',
    read: (body) => {
      const filter = required(body, 'filter');
      const value = filter.requiredString('processDefinitionId');
      const tenants = filter.string('tenantId');
      filter.end();
      return {
        grouped: [
          equal('processDefinitionId', value),
          ...(tenants === undefined ? [] : [equal('tenantId', tenants)]),
        ],
      };
    },
  },
  {
    path: 'process-definitions/statistics/message-subscriptions',
    collection: 'subscriptionStatistics',
    paging: 'forward',
    read: (body) => ({ grouped: readFilter(body.object('filter'), collection('messageSubscriptions')) }),
  },
  {
    path: 'incidents/statistics/process-instances-by-error',
    collection: 'incidentErrorStatistics',
    paging: 'offset',
    read: () => ({}),
  },
  {
    path: 'incidents/statistics/process-instances-by-definition',
    collection: 'incidentDefinitionStatistics',
    paging: 'offset',
    read: (body) => {
      const filter = required(body, 'filter');
      const value = filter.requiredInteger('errorHashCode');
      filter.end();
      return { grouped: [equal('errorHashCode', value)] };
    },
  },
  {
    path: 'jobs/statistics/by-types',
    collection: 'jobTypeStatistics',
    paging: 'forward',
    read: (body) => {
      const filter = body.object('filter', true);
      if (filter === undefined) return {};
      const grouped = [...minutes(readWindow(filter)), ...readTests(filter, 'jobType', jobType())];
      filter.end();
      return { grouped };
    },
    show: (row) => {
      const { jobType: type, workers } = renderRow('jobTypeStatistics', row);
      return { jobType: type, ...metrics(row), workers };
    },
  },
  {
    path: 'jobs/statistics/by-workers',
    collection: 'jobWorkerStatistics',
    paging: 'forward',
    read: (body) => readOfType(required(body, 'filter')),
    show: (row) => ({ worker: renderRow('jobWorkerStatistics', row).worker, ...metrics(row) }),
  },
  {
    path: 'jobs/statistics/time-series',
    collection: 'jobTimeStatistics',
    paging: 'forward',
    read: (body) => {
      const filter = required(body, 'filter');
      const resolution = filter.string('resolution');
      const { from, to } = readWindow(filter);
      return { ...readOfType(filter), step: stepOf(resolution, to - from) };
    },
    show: (row) => ({ time: renderRow('jobTimeStatistics', row).time, ...metrics(row) }),
  },
  {
    path: 'jobs/statistics/errors',
    collection: 'jobErrorStatistics',
    paging: 'forward',
    read: (body) => {
      const filter = required(body, 'filter');
      const { from, to } = readWindow(filter);
      const { fields } = collection('jobs');
      const tests = (['errorCode', 'errorMessage'] as const).flatMap((name) => {
        const spec = fields[name];
        return spec === undefined ? [] : readTests(filter, name, spec);
      });
      const type = filter.requiredString('jobType');
      filter.end();
      return {
        grouped: [
          equal('type', type),
          { kind: 'compare', field: 'lastUpdateTime', operator: 'gte', value: from },
          { kind: 'compare', field: 'lastUpdateTime', operator: 'lte', value: to },
          ...tests,
        ],
      };
    },
  },
];

export function statisticsRoutes({ history }: GatewayContext): Route[] {
  const elements = async (instances: Condition): Promise<ReturnType<typeof json>> => {
    const { items } = await history.query('search', {
      collection: 'elementStatistics',
      where: [],
      sort: [],
      page: { kind: 'from', from: 0, limit: 10_000 },
      grouped: [instances],
    });
    return json(200, { items: items.map((row) => renderRow('elementStatistics', row)) });
  };
  return [
    ...STATISTICS.map((statistic): Route => {
      const spec = collection(statistic.collection);
      const show = statistic.show ?? ((row: Row) => renderRow(statistic.collection, row));
      return {
        method: 'POST',
        path: `/v2/${statistic.path}`,
        accepts: 'json',
        handler: async (request) => {
          const body = Fields.ofBody(request);
          const query = {
            collection: statistic.collection,
            where: [],
            ...statistic.read(body),
            // What is paged by cursor only has one order.
            sort: statistic.paging === 'offset' ? readSorts(body, spec) : [],
            page: readPage(body.object('page'), statistic.paging),
          };
          body.end();
          const { items, ...page } = await history.query('search', query);
          return json(200, { items: items.map(show), page });
        },
      };
    }),
    {
      method: 'GET',
      path: '/v2/jobs/statistics/global',
      accepts: 'none',
      handler: async ({ query }) => {
        const given = new Map([...query].map(([name, value]) => [name, JSON.stringify(value)]));
        const fields = new Fields(given);
        const grouped: Condition[] = minutes(readWindow(fields));
        const type = fields.string('jobType');
        if (type !== undefined) grouped.push(equal('jobType', type));
        fields.end();
        const { items } = await history.query('search', {
          collection: 'jobTotals',
          where: [],
          sort: [],
          page: { kind: 'from', from: 0, limit: 1 },
          grouped,
        });
        return json(200, { ...metrics(items.at(0) ?? {}), isIncomplete: false });
      },
    },
    {
      method: 'POST',
      path: '/v2/process-definitions/:processDefinitionKey/statistics/element-instances',
      accepts: 'json',
      handler: (request) => {
        const body = Fields.ofBody(request);
        const value = pathKey(request, 'processDefinitionKey');
        const tests = [
          equal('processDefinitionKey', value),
          ...readFilter(body.object('filter'), collection('processInstances')),
        ];
        body.end();
        return elements({ kind: 'instances', tests });
      },
    },
    {
      method: 'GET',
      path: '/v2/process-instances/:processInstanceKey/statistics/element-instances',
      accepts: 'none',
      handler: async (request) => {
        await foundByPath(history, 'processInstances', request);
        return elements(equal('processInstanceKey', pathKey(request, 'processInstanceKey')));
      },
    },
  ];
}
