/** What must hold when the sale is over, asked of the services and of Tutti, not of the simulation. */
import type { Addresses } from '../wiring.ts';
import type { Outcome, Visit } from './customer.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface Seats {
  readonly total: number;
  readonly held: number;
  readonly sold: number;
}

/** The end event of the model that belongs to each outcome that a customer sees. */
const endEvents: Readonly<Record<Outcome, string>> = {
  issued: 'purchased',
  timedOut: 'timedOut',
  refused: 'refused',
  soldOut: 'soldOut',
  abandoned: 'abandoned',
};

/**
 * What a customer may have been told by another than the process, just before its own end reached them: who leaves is
 * told so at once, though the sale or the time may be over already; a payment that came too late is given back.
 * Without failures that is a matter of milliseconds, while a process is down it takes as long as that.
 */
const crossings: Readonly<Partial<Record<Outcome, readonly string[]>>> = {
  abandoned: ['soldOut', 'timedOut', 'refused'],
  refused: ['timedOut'],
};

export async function seatsOf({ tickets }: Addresses): Promise<Seats> {
  const { seats } = await json<{ seats: Seats }>(`${tickets}/stats`);
  return seats;
}

/** @param mayCross ends may cross on their way, as they do while processes are down */
export async function runChecks(
  addresses: Addresses,
  visits: readonly Visit[],
  mayCross = false,
): Promise<readonly Check[]> {
  const seats = await seatsOf(addresses);
  const codes = visits.flatMap(({ ticketCodes }) => ticketCodes);
  const open = visits.filter(({ outcome }) => outcome === undefined);
  return [
    check('every customer reached an end', open.length === 0, troubles(open)),
    check(
      'no more sold than there are tickets',
      seats.sold <= seats.total,
      `${seats.sold} of ${seats.total}`,
    ),
    check('no seat is still held', seats.held === 0, `${seats.held} held`),
    check(
      'each seat sold has one code, and each code is its own',
      codes.length === seats.sold && new Set(codes).size === codes.length,
      `${codes.length} codes, ${seats.sold} sold`,
    ),
    await paymentsCheck(addresses),
    await instancesCheck(addresses, visits, mayCross),
    await incidentsCheck(addresses),
  ];
}

/** Every payment that was opened has exactly one outcome. */
async function paymentsCheck({ tutti, payments }: Addresses): Promise<Check> {
  const outcomes = new Map<string, string[]>();
  for (const type of ['Payments.Authorized', 'Payments.Refused']) {
    for (const { correlationKey: paymentId = '' } of await eventsOf(tutti, type)) {
      outcomes.set(paymentId, [...(outcomes.get(paymentId) ?? []), type]);
    }
  }
  const opened = await eventsOf(tutti, 'Payments.RequestReceived');
  const wrong: string[] = [];
  for (const { sequence } of opened) {
    const { event } = await json<{ event: { data: { paymentId: string } } }>(
      `${tutti}/api/events/${sequence}`,
    );
    const { paymentId } = event.data;
    const told = outcomes.get(paymentId) ?? [];
    const { status } = await json<{ status: string }>(`${payments}/payments/${paymentId}`);
    if (told.length !== 1 || ['open', 'awaitingCode', 'processing'].includes(status)) {
      wrong.push(`${paymentId} is ${status} and told ${told.join(', ') || 'nothing'}`);
    }
  }
  return check(
    'every payment has exactly one outcome',
    wrong.length === 0,
    told(opened.length, 'payments', wrong),
  );
}

/** Every instance ended at the end event that belongs to what its customer saw. */
async function instancesCheck(
  { tutti }: Addresses,
  visits: readonly Visit[],
  mayCross: boolean,
): Promise<Check> {
  const ends = new Map<string, string[]>();
  for (const { processInstanceKey, elementId } of await search<{
    processInstanceKey: string;
    elementId: string;
  }>(tutti, 'element-instances', { type: 'END_EVENT', processDefinitionId: 'tickets' })) {
    ends.set(processInstanceKey, [...(ends.get(processInstanceKey) ?? []), elementId]);
  }
  const sessions = new Map<string, string[]>();
  for (const { processInstanceKey, scopeKey, value } of await search<{
    processInstanceKey: string;
    scopeKey: string;
    value: string;
  }>(tutti, 'variables', { name: 'sessionId' })) {
    if (scopeKey !== processInstanceKey) continue;
    const session = String(JSON.parse(value));
    sessions.set(session, [...(sessions.get(session) ?? []), processInstanceKey]);
  }
  const wrong: string[] = [];
  for (const { sessionId, outcome } of visits) {
    const instances = sessions.get(sessionId) ?? [];
    const reached = instances.flatMap((key) => ends.get(key) ?? []);
    const expected = outcome === undefined ? [] : [endEvents[outcome]];
    if (mayCross && outcome !== undefined) expected.push(...(crossings[outcome] ?? []));
    if (instances.length !== 1 || !expected.some((end) => reached.includes(end))) {
      wrong.push(
        `${sessionId} saw ${outcome ?? 'no end'}, its ${instances.length} instances reached ${reached.join(', ') || 'no end'}`,
      );
    }
  }
  return check(
    'every instance ended as its customer saw it',
    wrong.length === 0,
    told(visits.length, 'instances', wrong),
  );
}

async function incidentsCheck({ tutti }: Addresses): Promise<Check> {
  const incidents = await search<{ errorMessage: string }>(tutti, 'incidents', {});
  return check(
    'no instance needs mending',
    incidents.length === 0,
    told(
      incidents.length,
      'incidents',
      incidents.map(({ errorMessage }) => errorMessage),
    ),
  );
}

interface EventSummary {
  readonly sequence: number;
  readonly correlationKey?: string;
}

/** All events of a type, the newest first. */
async function eventsOf(tutti: string, type: string): Promise<readonly EventSummary[]> {
  const found: EventSummary[] = [];
  for (;;) {
    const last = found.at(-1);
    const { items } = await json<{ items: EventSummary[] }>(
      `${tutti}/api/events?type=${type}&limit=200${last ? `&before=${last.sequence}` : ''}`,
    );
    found.push(...items);
    if (items.length < 200) return found;
  }
}

/** Reads all pages of a search of the REST interface. */
async function search<Item>(tutti: string, what: string, filter: object): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { items } = await json<{ items: Item[] }>(`${tutti}/v2/${what}/search`, {
      filter,
      page: { from: found.length, limit: 1000 },
    });
    found.push(...items);
    if (items.length < 1000) return found;
  }
}

async function json<Answer>(url: string, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    ...(body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

function check(name: string, ok: boolean, detail: string): Check {
  return { name, ok, detail };
}

function troubles(visits: readonly Visit[]): string {
  return told(
    visits.length,
    'without an end',
    visits.map(({ sessionId, trouble }) => `${sessionId}: ${trouble ?? 'patience ended'}`),
  );
}

function told(count: number, what: string, wrong: readonly string[]): string {
  const shown = wrong.slice(0, 5).map((line) => `\n      ${line}`);
  return `${count} ${what}${shown.join('')}${wrong.length > 5 ? `\n      and ${wrong.length - 5} more` : ''}`;
}
