import {
  type CommonSettings,
  readCommonSettings,
  SettingsError,
  SettingsReader,
  type SettingsSource,
} from '../../lib/settings.ts';

/** A kind of ticket on offer. */
export interface SeatType {
  readonly ticketsType: string;
  /** What people read. */
  readonly label: string;
  readonly total: number;
  /** Price of one ticket in cents. */
  readonly priceCents: number;
}

/** Settings of the tickets service; lengths in seconds. */
export interface TicketsSettings extends CommonSettings {
  readonly seatTypes: readonly SeatType[];
  readonly currency: string;
  /** How long a customer who was called may choose. */
  readonly turnSeconds: number;
  /** How long seats are held for payment. */
  readonly reservationSeconds: number;
  /** Holds of this many tickets and more last `largeOrderSeconds` instead; off if undefined. */
  readonly largeOrderFrom: number | undefined;
  readonly largeOrderSeconds: number;
  /** Most customers that choose or pay at once. More sell faster; fewer keep the seats of each surer. */
  readonly maxBuying: number;
  readonly maxPerPurchase: number;
  /** A turn or hold that nobody ended is ended by the service itself this long after its date. */
  readonly safetySeconds: number;
  /** A waiting customer whose position nobody asked for so long is dropped; off if undefined. */
  readonly graceSeconds: number | undefined;
  readonly paymentsUrl: string;
  /** Where the bank's page leads back to; no link if undefined. */
  readonly returnUrl: string | undefined;
}

const labels: Readonly<Record<string, string>> = {
  standing: 'Standing',
  'balcony 1': 'Left balcony',
  'balcony 2': 'Right balcony',
  'far away': 'Far away',
};
const usualSeats = { standing: 10_000, 'balcony 1': 4_000, 'balcony 2': 4_000, 'far away': 2_000 };
const usualPrice = 123.5;

/** @throws SettingsError naming the setting and the remedy. */
export function readTicketsSettings(source: SettingsSource): TicketsSettings {
  const reader = new SettingsReader(source);
  const common = readCommonSettings(reader, { port: 8082, data: 'data/tickets.sqlite' });
  const settings: TicketsSettings = {
    ...common,
    seatTypes: seatTypes(reader.numbers('seats', usualSeats), reader.numbers('prices', {})),
    currency: reader.text('currency', 'EUR'),
    turnSeconds: reader.integer('turnSeconds', 60, 1),
    reservationSeconds: reader.integer('reservationSeconds', 120, 1),
    largeOrderFrom: reader.optionalInteger('largeOrderFrom', 1),
    largeOrderSeconds: reader.integer('largeOrderSeconds', 7 * 86_400, 1),
    maxBuying: reader.integer('maxBuying', 50, 1),
    maxPerPurchase: reader.integer('maxPerPurchase', 10, 1),
    safetySeconds: reader.integer('safetySeconds', 300, 0),
    graceSeconds: reader.optionalInteger('graceSeconds', 1),
    paymentsUrl: reader.address('paymentsUrl', 'http://127.0.0.1:8083'),
    returnUrl: reader.optional('returnUrl'),
  };
  reader.finish();
  return settings;
}

function seatTypes(
  seats: Readonly<Record<string, number>>,
  prices: Readonly<Record<string, number>>,
): readonly SeatType[] {
  for (const name of Object.keys(prices)) {
    if (!Object.hasOwn(seats, name))
      throw new SettingsError(`prices names "${name}", which seats does not have.`);
  }
  const types = Object.entries(seats).map(([ticketsType, total]) => {
    if (!Number.isSafeInteger(total))
      throw new SettingsError(`seats of "${ticketsType}" must be a whole number.`);
    const priceCents = Math.round((prices[ticketsType] ?? usualPrice) * 100);
    return { ticketsType, label: labels[ticketsType] ?? ticketsType, total, priceCents };
  });
  if (types.length === 0) throw new SettingsError('seats must name at least one type, such as standing=100.');
  return types;
}
