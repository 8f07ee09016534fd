import type { Histogram, Metric } from 'prom-client';

type Label = 'method' | 'route' | 'status' | 'le';
type Values = Awaited<ReturnType<Histogram<Label>['get']>>['values'];

const NAME = 'tutti_http_request_seconds';
/** Seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  /** Requests above the bound before and not above this one; the last is of those above all bounds. */
  readonly counts: number[];
  seconds: number;
}

/**
 * How long requests took, by method, route and status: a histogram for a registry of prom-client. Its own one finds the
 * labels anew by a text of all of them each time, which costs as much as to decode an event.
 */
export class RequestTimes {
  readonly #series = new Map<string, Map<string, Map<number, Series>>>();

  /** For `Registry.registerMetric`, which asks for these members only; its type names the library's classes. */
  asMetric(): Metric {
    const head = {
      name: NAME,
      help: 'Time to answer an HTTP request, by route and status.',
      type: 'histogram',
      aggregator: 'sum',
    };
    const get = async () => ({ ...head, values: this.#values() });
    return { ...head, get, reset: () => this.#series.clear() } as unknown as Metric;
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.#series
      .getOrInsertComputed(route, () => new Map())
      .getOrInsertComputed(method, () => new Map())
      .getOrInsertComputed(status, () => ({ counts: [...BOUNDS, 0].fill(0), seconds: 0 }));
    let bound = 0;
    while (bound < BOUNDS.length && seconds > (BOUNDS[bound] as number)) bound += 1;
    series.counts[bound] = (series.counts[bound] ?? 0) + 1;
    series.seconds += seconds;
  }

  #values(): Values {
    const values: Values = [];
    for (const [route, methods] of this.#series)
      for (const [method, statuses] of methods)
        for (const [status, { counts, seconds }] of statuses) {
          const labels = { method, route, status: String(status) };
          let value = 0;
          for (const [at, count] of counts.entries()) {
            value += count;
            const le = BOUNDS[at] ?? '+Inf';
            values.push({ metricName: `${NAME}_bucket`, labels: { le, ...labels }, value });
          }
          values.push({ metricName: `${NAME}_sum`, labels, value: seconds });
          values.push({ metricName: `${NAME}_count`, labels, value });
        }
    return values;
  }
}
