import { lazy, Suspense, useEffect, useRef } from 'react';
import { useLive } from '../api/live.ts';
import { useAbout } from '../api/queries.ts';
import { Note } from '../components/Note.tsx';
import { dateTime } from '../views/format.ts';
import styles from './App.module.css';
import { Link, useNavigation } from './navigation.tsx';
import { type Page, topicsOf } from './routes.ts';

const Instances = lazy(async () => ({ default: (await import('../pages/Instances.tsx')).Instances }));
const Instance = lazy(async () => ({ default: (await import('../pages/Instance.tsx')).Instance }));
const Definitions = lazy(async () => ({ default: (await import('../pages/Definitions.tsx')).Definitions }));
const Events = lazy(async () => ({ default: (await import('../pages/Events.tsx')).Events }));
const Event = lazy(async () => ({ default: (await import('../pages/Event.tsx')).Event }));
const Subscriptions = lazy(async () => ({
  default: (await import('../pages/Subscriptions.tsx')).Subscriptions,
}));
const Filters = lazy(async () => ({ default: (await import('../pages/Filters.tsx')).Filters }));
const DeadLetters = lazy(async () => ({ default: (await import('../pages/DeadLetters.tsx')).DeadLetters }));

/** Entries of the menu, with the pages that belong to each. */
const MENU: readonly {
  readonly to: string;
  readonly name: string;
  readonly pages: readonly Page['kind'][];
}[] = [
  { to: '/instances', name: 'Instances', pages: ['instances', 'instance'] },
  { to: '/definitions', name: 'Processes', pages: ['definitions', 'definition'] },
  { to: '/events', name: 'Events', pages: ['events', 'event'] },
  { to: '/subscriptions', name: 'Subscriptions', pages: ['subscriptions', 'filters'] },
  { to: '/dead-letters', name: 'Dead letters', pages: ['deadLetters'] },
];

export function App() {
  const { page } = useNavigation();
  const connected = useLive(topicsOf(page));
  const about = useAbout();
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the menu scrolls sideways.
    if (page.kind !== 'unknown') {
      menu.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }, [page.kind]);
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.brand} aria-label="Tutti, start page">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#0f766e" />
            <path
              d="M8 10h16M8 16h10M8 22h16"
              fill="none"
              stroke="#fff"
              strokeWidth="2.4"
              strokeLinecap="round"
            />
            <circle cx="22" cy="16" r="2.6" fill="#fbbf24" />
          </svg>
          Tutti
        </Link>
        <nav ref={menu} className={styles.nav} aria-label="Main">
          {MENU.map(({ to, name, pages }) => (
            <Link key={to} to={to} aria-current={pages.includes(page.kind) ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <div className={styles.status}>
          {about.data?.clock.pinned === true && (
            <span className={styles.clock} title="The clock is set by hand">
              clock {dateTime(about.data.clock.now)}
            </span>
          )}
          <span className={connected ? styles.live : styles.away} role="status">
            {connected ? 'live' : 'not connected'}
          </span>
        </div>
      </header>
      <main id="main" className={styles.main}>
        <Suspense fallback={<Note>Loading…</Note>}>
          <Content page={page} />
        </Suspense>
      </main>
    </>
  );
}

function Content({ page }: { readonly page: Page }) {
  switch (page.kind) {
    case 'instances':
      return <Instances query={page.query} />;
    case 'instance':
      return <Instance key={page.key} instanceKey={page.key} />;
    case 'definitions':
      return <Definitions />;
    case 'definition':
      return <Definitions selected={page.key} />;
    case 'events':
      return <Events query={page.query} />;
    case 'event':
      return <Event key={page.sequence} sequence={page.sequence} />;
    case 'subscriptions':
      return <Subscriptions />;
    case 'filters':
      return <Filters query={page.query} />;
    case 'deadLetters':
      return <DeadLetters query={page.query} />;
    case 'unknown':
      return (
        <Note title="There is no such page">
          <Link to="/instances">To the instances</Link>
        </Note>
      );
  }
}
