/** The tickets service: queue, seats, holds and tickets. */
import { randomBytes } from 'node:crypto';
import { receiveEvents } from '../../lib/events.ts';
import type { ServiceDefinition } from '../../lib/service.ts';
import { BoxOffice } from './box-office.ts';
import { ticketsHandlers } from './handlers.ts';
import { ticketsMigrations } from './migrations.ts';
import { createPaymentCalls } from './payment-calls.ts';
import { Reservations } from './reservations.ts';
import { ticketsRoutes } from './routes.ts';
import { createPresence, createSafetyNet } from './safety.ts';
import { Seats } from './seats.ts';
import { Sessions } from './sessions.ts';
import type { TicketsSettings } from './settings.ts';

export const ticketsService: ServiceDefinition<TicketsSettings> = {
  name: 'tickets',
  migrations: ticketsMigrations,
  build: async (parts, settings) => {
    const { app, database, clock } = parts;
    const now = () => clock.now();
    const seats = await Seats.open(database, settings.seatTypes);
    const sessions = new Sessions(database, now);
    const reservations = new Reservations(database, seats, now);
    const payments = createPaymentCalls(parts, settings, reservations);
    const office = new BoxOffice({ parts, settings, sessions, seats, reservations, payments, randomBytes });
    const presence = createPresence(parts, settings, sessions, office);
    receiveEvents(
      app,
      { database, clock, reusedIdSources: settings.reusedIdSources },
      ticketsHandlers(office, clock),
    );
    ticketsRoutes(app, { clock, settings, sessions, seats, reservations, presence });
    return {
      start: async () => {
        // Settings may have changed while the service was down: more room, more seats, or none left.
        await database.write(() => office.callNext());
        office.tellWaiting();
        createSafetyNet(parts, settings, sessions, reservations, office);
        payments.outbox.start();
      },
      stop: () => payments.outbox.close(),
    };
  },
};
