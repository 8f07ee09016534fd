/**
 * Which event goes to which endpoint: the only place that knows both. Choreography and orchestration differ by these
 * lines alone; no service changes.
 */

export interface Addresses {
  readonly tutti: string;
  readonly tickets: string;
  readonly payments: string;
  readonly website: string;
}

/** One line of the wiring; becomes a subscription of the CloudEvents Subscriptions API. */
export interface Wire {
  /** Kept in the subscription's `config`, so that a second start finds it again. */
  readonly name: string;
  readonly types: readonly string[];
  readonly sink: string;
  /** Delivered one after the other, in the order in which the broker accepted them. */
  readonly ordered?: boolean;
}

function wire(name: string, sink: string, ...types: string[]): Wire {
  return { name: `concert: ${name}`, types, sink };
}

/** The wiring of *see* and *decorate*: the services' own events carry a purchase from step to step. */
export function choreograph(addresses: Addresses): readonly Wire[] {
  const { tickets } = addresses;
  return [
    ...orchestrate(addresses),
    wire('open the payment', `${tickets}/checkout`, 'Tickets.Reserved'),
    wire('issue the tickets', `${tickets}/tickets/emit`, 'Payments.Authorized'),
  ];
}

/**
 * The wiring of *orchestrate* and *decide*: `Tickets.CheckedOut` and `Tickets.Emitted` are sent by the process itself,
 * to the same endpoints.
 */
export function orchestrate({ tickets, website }: Addresses): readonly Wire[] {
  return [
    // First come, first served: the place in the queue is the place in the log.
    {
      ...wire('join the queue', `${tickets}/queue`, 'Tickets.CustomerQueueJoined', 'Queue.CustomerJoined'),
      ordered: true,
    },
    wire('leave', `${tickets}/abandon`, 'Queue.CustomerAbandoned'),
    wire('wish for seats', `${tickets}/requests`, 'Tickets.Requested'),
    wire('free the seats', `${tickets}/timeouts`, 'Tickets.ReservationTimedOut'),
    wire('end the turn', `${tickets}/cleanup`, 'Session.CleanUp'),
    wire(
      'show the customer',
      `${website}/events`,
      'Queue.CustomerExited',
      'Queue.CustomerAbandoned',
      'Tickets.Reserved',
      'Tickets.Refused',
      'Tickets.ReservationReminder',
      'Tickets.ReservationTimedOut',
      'Tickets.Issued',
      'Payments.RequestReceived',
      'Payments.Authorized',
      'Payments.Refused',
      'Payments.Refunded',
      'Notifications.Requested',
      'Session.CleanUp',
    ),
  ];
}

interface Subscription {
  readonly id: string;
  readonly config?: { readonly name?: string };
}

/** Makes the broker's subscriptions those of the wiring: adds, changes and removes what bears a name of the concert. */
export async function connect(tutti: string, wires: readonly Wire[]): Promise<void> {
  const present = await subscriptionsOf(tutti);
  for (const wire of wires) {
    const known = present.find((subscription) => subscription.config?.name === wire.name);
    const config = { name: wire.name, ...(wire.ordered && { order: 'all' }) };
    const body = { config, types: wire.types, sink: wire.sink, protocol: 'HTTP' };
    if (known) await call('PUT', `${tutti}/subscriptions/${known.id}`, body);
    else await call('POST', `${tutti}/subscriptions`, body);
  }
  const names = new Set(wires.map(({ name }) => name));
  for (const { id, config } of present) {
    if (config?.name?.startsWith('concert: ') && !names.has(config.name)) {
      await call('DELETE', `${tutti}/subscriptions/${id}`);
    }
  }
}

async function subscriptionsOf(tutti: string): Promise<readonly Subscription[]> {
  const answer: unknown = await (await call('GET', `${tutti}/subscriptions`)).json();
  if (!Array.isArray(answer)) throw new Error(`GET ${tutti}/subscriptions answered no list.`);
  return answer;
}

async function call(method: string, url: string, body?: object): Promise<Response> {
  const response = await fetch(url, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
  return response;
}
