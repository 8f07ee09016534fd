import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { moduleMigrations } from '../runtime/migrations.ts';
import { DataFolder } from '../store/folder.ts';
import { FolderLock } from '../store/lock.ts';

/** What `tutti doctor` looks at on this machine. */

export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'problem';
  /** What was found, as a sentence. */
  readonly found: string;
  /** What to do; of warnings and problems. */
  readonly remedy?: string;
}

/** Major version of Node.js that Tutti is developed and tested with. */
const TESTED_NODE = 26;
/** The first that runs TypeScript and has SQLite without a flag. */
const LEAST_NODE = [22, 18] as const;

export function checkNode(version: string): Finding {
  const what = 'Node.js';
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const remedy = `Install Node.js ${TESTED_NODE}.`;
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    return { what, state: 'problem', found: `${version} cannot run Tutti.`, remedy };
  }
  if (major < TESTED_NODE) {
    return { what, state: 'warning', found: `${version}; Tutti is tested with ${TESTED_NODE}.`, remedy };
  }
  return { what, state: 'ok', found: `${version}.` };
}

/** Whether the folder can be opened by this release, and by whom it is open. `answered`: the server answers. */
export function checkFolder(folder: string, answered: boolean): Finding[] {
  const what = 'data folder';
  const path = resolve(folder);
  if (!existsSync(path)) return [{ what, state: 'ok', found: `${path} is created at the first start.` }];
  if (!statSync(path).isDirectory()) {
    return [{ what, state: 'problem', found: `${path} is a file.`, remedy: 'Name a folder with --data.' }];
  }
  if (!existsSync(join(path, 'tutti.db'))) {
    return [{ what, state: 'ok', found: `${path} holds no data yet.` }];
  }
  return [lockOf(path, answered), versionsOf(path)];
}

function lockOf(path: string, answered: boolean): Finding {
  const what = 'data folder, lock';
  try {
    FolderLock.take(path).release();
    return { what, state: 'ok', found: `${path} is free.` };
  } catch (error) {
    const found = messageOf(error);
    // A server that answers is what holds it.
    if (answered) return { what, state: 'ok', found: found.replace(/ One process at a time.*$/, '') };
    return {
      what,
      state: 'problem',
      found,
      remedy: 'If the process is a server, name it with --url; else end it before you start one.',
    };
  }
}

function versionsOf(path: string): Finding {
  const what = 'data folder, version';
  try {
    DataFolder.check(path, moduleMigrations());
    return { what, state: 'ok', found: 'This release can open it.' };
  } catch (error) {
    const remedy = 'Start the release that wrote it, or restore a copy.';
    return { what, state: 'problem', found: messageOf(error), remedy };
  }
}

const SYNCS = 20;
/** Each answer waits for a sync, so this bounds how fast one client alone can be. */
const SLOW_SYNC_MS = 20;
const SCARCE_BYTES = 1024 ** 3;
const FULL_BYTES = 100 * 1024 ** 2;

/** Whether the disk takes writes, how fast it syncs, and what is left of it. */
export function checkDisk(folder: string): Finding[] {
  const place = nearest(resolve(folder));
  const speed = syncSpeed(place);
  return speed.state === 'problem' ? [speed] : [speed, spaceOf(place)];
}

function syncSpeed(place: string): Finding {
  const what = 'disk, sync';
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(place, '.tutti-doctor-'));
    const file = openSync(join(scratch, 'probe'), 'w');
    const times: number[] = [];
    const page = Buffer.alloc(4096, 1);
    for (let count = 0; count < SYNCS; count++) {
      const begun = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      times.push(performance.now() - begun);
    }
    closeSync(file);
    const median = times.sort((left, right) => left - right)[SYNCS >> 1] ?? 0;
    const found = `A write of 4 KiB is on disk within ${median.toFixed(2)} ms (median of ${SYNCS}, in ${place}).`;
    if (median <= SLOW_SYNC_MS) return { what, state: 'ok', found };
    const remedy = 'Every answer waits for it: put the data folder on a local SSD, not on a network drive.';
    return { what, state: 'warning', found, remedy };
  } catch (error) {
    const remedy =
      'Give this user the right to write there, free some space, or choose another folder with --data.';
    return { what, state: 'problem', found: `${place} cannot be written: ${messageOf(error)}.`, remedy };
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

function spaceOf(place: string): Finding {
  const what = 'disk, space';
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const found = `${(free / SCARCE_BYTES).toFixed(1)} GiB are free.`;
  const remedy = 'Free some space, or shorten router.retention in tutti.yaml.';
  if (free < FULL_BYTES) return { what, state: 'problem', found, remedy };
  return free < SCARCE_BYTES ? { what, state: 'warning', found, remedy } : { what, state: 'ok', found };
}

/** Whether the clock of this machine has gone back since the folder was written. */
export function checkLocalClock(folder: string, now: number): Finding {
  const what = 'clock';
  const files = ['tutti.db', 'tutti.db-wal'].map((name) => join(resolve(folder), name)).filter(existsSync);
  const written = Math.max(0, ...files.map((file) => statSync(file).mtimeMs));
  const ahead = written - now;
  const found = `${new Date(now).toISOString()}.`;
  if (ahead < 2000) return { what, state: 'ok', found };
  return {
    what,
    state: 'problem',
    found: `${found} The data folder was written ${Math.round(ahead / 1000)} s later than that.`,
    remedy: 'Set the clock (NTP): timers and retention follow it.',
  };
}

/** The folder, or the nearest one above it that exists. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
