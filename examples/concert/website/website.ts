/** The website as a service: its parts and how they are joined. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { receiveEvents } from '../lib/events.ts';
import type { ServiceDefinition } from '../lib/service.ts';
import { backofficeRoutes, guardOperatorPaths } from './backoffice.ts';
import { createSessionCookie, signingKey } from './cookie.ts';
import { createDesk, type Place } from './desk.ts';
import { eventHandlers } from './inbox.ts';
import { createLiveHub } from './live.ts';
import { servePages } from './pages.ts';
import { shopRoutes } from './routes.ts';
import type { Session } from './session/session.ts';
import { outcomeOf, stageOf } from './session/stage.ts';
import type { WebsiteSettings } from './settings.ts';
import { createShop } from './shop.ts';
import { createSessionStore, storeMigrations } from './store.ts';
import { type View, viewOf } from './view.ts';
import { createWatch } from './watch.ts';

/** A visit that never joined is forgotten after a day. */
const unusedMs = 86_400_000;
const sweepMs = 3_600_000;

export const website: ServiceDefinition<WebsiteSettings> = {
  name: 'website',
  migrations: storeMigrations,
  build: ({ app, database, clock, events, log, newId }, settings) => {
    const boot = randomUUID();
    const now = () => clock.now();
    const hub = createLiveHub(now);
    const desk = createDesk(settings.ticketsUrl);
    let version = 0;

    const view = (session: Session, place: Place | undefined): View => {
      version += 1;
      return viewOf(session, {
        version,
        boot,
        now: now(),
        ticketsUp: desk.up,
        place,
        crowd: desk.crowd,
        offer: desk.offer,
        paymentsPublicUrl: settings.paymentsPublicUrl,
      });
    };
    const tell = (sessionId: string, place?: Place): void => {
      if (!hub.has(sessionId)) return;
      const session = store.find(sessionId);
      if (session) hub.push(view(session, place));
    };
    /** Asks the tickets service for what the stage shows; answers the place of one who waits. */
    const refresh = async (session: Session): Promise<Place | undefined> => {
      const { stage } = stageOf(session);
      if (stage === 'waiting') return desk.place(session.sessionId);
      if (
        stage === 'new' ||
        stage === 'turn' ||
        (desk.offer === undefined && outcomeOf(stage) === undefined)
      ) {
        await desk.refresh();
      }
      return undefined;
    };
    const present = async (session: Session): Promise<View> => view(session, await refresh(session));
    const greet = async (sessionId: string): Promise<void> => {
      const session = store.find(sessionId);
      // Read again in `tell`: an event may have come while the figures were asked for.
      if (session) tell(sessionId, await refresh(session));
    };

    const store = createSessionStore(database, now, (sessionId) => tell(sessionId));
    const shop = createShop({ database, store, events, desk, newId, reminderEvery: settings.reminderEvery });
    const watch = createWatch({
      hub,
      desk,
      tell,
      onError: (error) => log.error({ err: error }, 'the pages could not be brought up to date'),
    });
    const cookie = createSessionCookie(signingKey(settings.data), settings.secureCookie);

    guardOperatorPaths(app);
    servePages(app, fileURLToPath(new URL('./public', import.meta.url)), settings.paymentsPublicUrl);
    shopRoutes(app, { shop, store, cookie, hub, present, greet });
    backofficeRoutes(app, { desk, store, hub, shop, now });
    receiveEvents(
      app,
      { database, clock, reusedIdSources: settings.reusedIdSources },
      {
        '/events': eventHandlers((sessionId, event) => void store.change(sessionId, event)),
      },
    );
    // Open streams would hold up the end; the pages reconnect to whoever comes next.
    app.addHook('preClose', async () => hub.close());

    const sweep = clock.alarm(
      async () => {
        await database.write(() => store.removeUnused(now() - unusedMs));
        sweep.set(now() + sweepMs);
      },
      (error) => log.error({ err: error }, 'unused visits could not be removed'),
    );

    return {
      start: () => {
        watch.start();
        sweep.set(now() + sweepMs);
      },
      stop: () => {
        watch.stop();
        hub.close();
        desk.close();
      },
    };
  },
};
