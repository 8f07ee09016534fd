import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { RequestTimes } from './request-times.ts';

test('times of requests are told as the library tells those of its own histogram', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const times = new RequestTimes();
  ours.registerMetric(times.asMetric());
  const histogram = new Histogram({
    name: 'tutti_http_request_seconds',
    help: 'Time to answer an HTTP request, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [theirs],
  });
  const observe = (method: string, route: string, status: number, seconds: number): void => {
    times.observe(method, route, status, seconds);
    histogram.labels(method, route, String(status)).observe(seconds);
  };
  for (const seconds of [0, 0.001, 0.0010001, 0.3, 10, 11, 1e6]) observe('GET', '/v2/topology', 200, seconds);
  observe('POST', '/v2/topology', 405, 0.002);
  observe('POST', '/events', 202, 0.004);
  observe('POST', '/events', 400, 0.004);
  const lines = async (registry: Registry) => (await registry.metrics()).split('\n').sort();
  assert.deepEqual(await lines(ours), await lines(theirs));
  ours.resetMetrics();
  assert.equal((await ours.metrics()).includes('_count'), false);
});
