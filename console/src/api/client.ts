import type { About, DefinitionOverview, ElementStatistics, InstancePage, InstanceView } from './types.ts';

/** A request that the server refused or that did not reach it; `message` can be shown. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface InstanceFilter {
  readonly process: string;
  readonly state: string;
  readonly incidents: boolean;
  readonly text: string;
  /** Cursor of the page; empty for the first. */
  readonly after: string;
}

/** Rejects with `ApiError` unless the answer is a success. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch(() => undefined);
  if (response === undefined) throw new ApiError(0, 'The server cannot be reached. Is it running?');
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new ApiError(response.status, problem.detail ?? `The server answered ${response.status}.`);
  }
  return response;
}

export async function get<Value>(path: string): Promise<Value> {
  return (await (await request(path)).json()) as Value;
}

export async function send(method: string, path: string, body: object): Promise<void> {
  await request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Query string of a list, without what is not set. */
export function instanceQuery(filter: InstanceFilter): string {
  const query = new URLSearchParams();
  if (filter.process !== '') query.set('process', filter.process);
  if (filter.state !== '') query.set('state', filter.state);
  if (filter.incidents) query.set('incidents', 'true');
  if (filter.text.trim() !== '') query.set('text', filter.text.trim());
  if (filter.after !== '') query.set('after', filter.after);
  return query.toString();
}

export const api = {
  about: () => get<About>('/api/console/about'),
  instances: (filter: InstanceFilter) => get<InstancePage>(`/api/console/instances?${instanceQuery(filter)}`),
  instance: (key: string) => get<InstanceView>(`/api/console/instances/${key}`),
  definitions: async () =>
    (await get<{ items: readonly DefinitionOverview[] }>('/api/console/definitions')).items,
  statistics: async (key: string) =>
    (await get<{ items: readonly ElementStatistics[] }>(`/api/console/definitions/${key}/statistics`)).items,
  xml: async (key: string) => (await request(`/api/console/definitions/${key}/xml`)).text(),
  cancel: (key: string) => send('POST', `/v2/process-instances/${key}/cancellation`, {}),
  /** A job without retries gets one more try first; without it the incident could not be resolved. */
  resolve: async (incidentKey: string, jobKey: string | null) => {
    if (jobKey !== null) await send('PATCH', `/v2/jobs/${jobKey}`, { changeset: { retries: 1 } });
    await send('POST', `/v2/incidents/${incidentKey}/resolution`, {});
  },
};
