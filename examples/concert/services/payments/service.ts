/** The payments service: a third party that takes cards, with a bank of its own. */
import { receiveEvents } from '../../lib/events.ts';
import type { ServiceDefinition } from '../../lib/service.ts';
import { paymentsMigrations } from './migrations.ts';
import { Payments } from './payments.ts';
import { paymentsRoutes } from './routes.ts';
import type { PaymentsSettings } from './settings.ts';

export const paymentsService: ServiceDefinition<PaymentsSettings> = {
  name: 'payments',
  migrations: paymentsMigrations,
  build: (parts, settings) => {
    const { app, database, clock, events, log, newId } = parts;
    const { authorizationDelayMs } = settings;
    const payments = new Payments({ database, clock, events, authorizationDelayMs, newId });
    // No event makes the payments service act: others call it. Events that are wired to it are taken and ignored.
    receiveEvents(app, { database, clock, reusedIdSources: settings.reusedIdSources }, { '/events': {} });
    paymentsRoutes(app, { database, clock, payments, settings });
    const alarm = clock.alarm(
      async () => {
        await database.write(() => {
          for (const paymentId of payments.dueAnswers(clock.now())) payments.bankAnswers(paymentId);
        });
        alarm.set(payments.nextAnswer());
      },
      (error) => {
        log.error({ err: error }, 'answers of the bank could not be taken; trying again in a second');
        alarm.set(clock.now() + 1_000);
      },
    );
    return {
      start: () => {
        database.onCommit(() => alarm.set(payments.nextAnswer()));
        alarm.set(payments.nextAnswer());
      },
    };
  },
};
