import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { json, type RouteGroup } from './http.ts';
import { RequestTimes } from './request-times.ts';
import type { GatewayContext } from './rest/context.ts';

/** What is measured of one transaction of the writer. Times in ms. */
export interface CommitFigures {
  readonly requests: number;
  readonly records: number;
  readonly commitMs: number;
  readonly queued: number;
}

/** Health and metrics. */
export interface Operations {
  readonly group: RouteGroup;
  /** Where other parts of the process register their own figures. */
  readonly registry: Registry;
  /** To be told of each transaction. */
  committed(sample: CommitFigures): void;
  answered(answer: { method: string; route: string; status: number; seconds: number }): void;
}

export function operations({ runtime, history, version }: GatewayContext): Operations {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new RequestTimes();
  registry.registerMetric(requests.asMetric());
  const commits = new Histogram({
    name: 'tutti_commit_seconds',
    help: 'Time to write and sync one transaction.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [registry],
  });
  const batches = new Histogram({
    name: 'tutti_batch_requests',
    help: 'Requests that shared one transaction.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers: [registry],
  });
  const records = new Counter({
    name: 'tutti_records_total',
    help: 'Records written to the journal since the start.',
    registers: [registry],
  });
  const queue = new Gauge({
    name: 'tutti_queue_requests',
    help: 'Requests that waited for the next transaction when the last one ended.',
    registers: [registry],
  });
  new Gauge({
    name: 'tutti_journal_position',
    help: 'Position of the last record that is synced.',
    registers: [registry],
    collect() {
      this.set(runtime.position());
    },
  });
  new Gauge({
    name: 'tutti_history_lag_records',
    help: 'Records that the read model has not taken yet.',
    registers: [registry],
    collect() {
      this.set(Math.max(0, runtime.position() - history.position()));
    },
  });
  new Gauge({
    name: 'tutti_ready',
    help: '1 while requests that change something are taken.',
    registers: [registry],
    collect() {
      this.set(runtime.ready().ok ? 1 : 0);
    },
  });
  return {
    registry,
    committed: (sample) => {
      commits.observe(sample.commitMs / 1000);
      batches.observe(sample.requests);
      records.inc(sample.records);
      queue.set(sample.queued);
    },
    answered: ({ method, route, status, seconds }) => requests.observe(method, route, status, seconds),
    group: {
      name: 'operations',
      routes: [
        {
          method: 'GET',
          path: '/health/live',
          accepts: 'none',
          handler: () => json(200, { status: 'UP', version }),
        },
        {
          method: 'GET',
          path: '/health/ready',
          accepts: 'none',
          handler: () => {
            const { ok, reason } = runtime.ready();
            return ok
              ? json(200, { status: 'UP' })
              : json(503, { status: 'DOWN', reason: reason ?? 'not ready' });
          },
        },
        {
          method: 'GET',
          path: '/metrics',
          accepts: 'none',
          handler: async () => ({
            status: 200,
            headers: { 'content-type': registry.contentType },
            body: await registry.metrics(),
          }),
        },
      ],
    },
  };
}
