import { lazy, Suspense } from 'react';
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

export function App() {
  const { page } = useNavigation();
  const connected = useLive(topicsOf(page));
  const about = useAbout();
  const inInstances = page.kind === 'instances' || page.kind === 'instance';
  const inDefinitions = page.kind === 'definitions' || page.kind === 'definition';
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
        <nav className={styles.nav} aria-label="Main">
          <Link to="/instances" aria-current={inInstances ? 'page' : undefined}>
            Instances
          </Link>
          <Link to="/definitions" aria-current={inDefinitions ? 'page' : undefined}>
            Processes
          </Link>
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
    case 'unknown':
      return (
        <Note title="There is no such page">
          <Link to="/instances">To the instances</Link>
        </Note>
      );
  }
}
