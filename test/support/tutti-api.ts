/** Asks Tutti over its public interfaces, as a user's script would. */

export interface InstanceEnd {
  readonly state: string;
  /** Ids of the end events of the process that the instance reached. */
  readonly ends: readonly string[];
}

/** Where the purchase of a session stands in its process. */
export async function purchaseOf(tutti: string, sessionId: string): Promise<InstanceEnd | undefined> {
  const { items: variables } = await post<{ items: { processInstanceKey: string; scopeKey: string }[] }>(
    `${tutti}/v2/variables/search`,
    { filter: { name: 'sessionId', value: JSON.stringify(sessionId) } },
  );
  const key = variables.find((found) => found.scopeKey === found.processInstanceKey)?.processInstanceKey;
  if (key === undefined) return undefined;
  const { state } = await get<{ state: string }>(`${tutti}/v2/process-instances/${key}`);
  const { items } = await post<{ items: { elementId: string; state: string }[] }>(
    `${tutti}/v2/element-instances/search`,
    { filter: { processInstanceKey: key, type: 'END_EVENT' } },
  );
  return { state, ends: items.filter((item) => item.state === 'COMPLETED').map((item) => item.elementId) };
}

/** How many events of a type there were for a session. */
export async function eventsOf(tutti: string, type: string, sessionId: string): Promise<number> {
  const query = new URLSearchParams({ type, subject: sessionId, limit: '100' });
  return (await get<{ items: object[] }>(`${tutti}/api/events?${query}`)).items.length;
}

export async function get<Answer>(url: string): Promise<Answer> {
  return answer(await fetch(url));
}

export async function post<Answer>(url: string, body: object): Promise<Answer> {
  return answer(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function answer<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
