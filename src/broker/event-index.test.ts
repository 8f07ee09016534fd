import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeEvent } from '../cloudevents/index.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { fateHash, identityHash, termHash } from './event-hash.ts';
import { IdentityFilter } from './identity-filter.ts';
import { brokerMigrations, EventLog, searchEvents } from './index.ts';
import { RUN_LENGTH } from './young-events.ts';

function openDatabase(t: TestContext): Database {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-broker-'));
  const db = new Database(join(folder, 'test.db'));
  t.after(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  migrate(db, [brokerMigrations()]);
  return db;
}

const event = (number: number) =>
  makeEvent({
    id: `id-${number}`,
    source: '/s',
    type: 'T',
    subject: `subject-${number % 5000}`,
    extensions: { correlationkey: number % 1000 === 0 ? 'often' : `key-${number}` },
  });

function fill(db: Database, log: EventLog, from: number, to: number): void {
  for (let at = from; at < to; at += 1000) {
    db.transaction(() => {
      for (let number = at; number < Math.min(to, at + 1000); number++) log.append(event(number), number);
      log.flush();
    });
  }
}

const COUNT = 2 * RUN_LENGTH + 1000;

test('repeats and events are found in the youngest events and in all runs, after another start too', async (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db, { windowMs: 10 * COUNT });
  fill(db, log, 0, COUNT);
  assert.equal(db.get<{ count: number }>('SELECT count(*) AS count FROM event_run')?.count, 2);
  for (const each of [log, new EventLog(db, { windowMs: 10 * COUNT })]) {
    for (const number of [0, 1, RUN_LENGTH - 1, RUN_LENGTH, 2 * RUN_LENGTH, COUNT - 1]) {
      assert.deepEqual(each.append(event(number), COUNT), { sequence: number + 1, duplicate: true });
    }
    assert.equal(each.append(event(COUNT + 1), COUNT).duplicate, false);
    each.reset();
  }
  const find = async (query: object) => (await searchEvents(db, { limit: 100, ...query })).items;
  for (const number of [0, RUN_LENGTH, COUNT - 1]) {
    const one = [number + 1];
    assert.deepEqual(
      (await find({ id: `id-${number}` })).map(({ sequence }) => sequence),
      one,
    );
    assert.deepEqual(
      (await find({ source: '/s', id: `id-${number}` })).map(({ sequence }) => sequence),
      one,
    );
  }
  const often = await find({ correlationKey: 'often' });
  assert.equal(often.length, Math.ceil(COUNT / 1000));
  assert.ok(often.every(({ sequence }, at) => at === 0 || sequence < (often[at - 1]?.sequence ?? 0)));
  const pages = [];
  for (let before: number | undefined = COUNT + 1; before !== undefined; ) {
    const page = await searchEvents(db, { subject: 'subject-7', limit: 5, before });
    pages.push(...page.items.map(({ sequence }) => sequence));
    before = page.next;
  }
  assert.deepEqual(
    pages,
    Array.from({ length: 14 }, (_, at) => (13 - at) * 5000 + 8),
  );
  assert.equal((await find({ correlationKey: 'often', from: 5000, to: 9999 })).length, 5);
});

test('what stands before the window is no repeat, and runs of deleted events go', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db, { windowMs: 1000 });
  fill(db, log, 0, COUNT);
  assert.equal(log.append(event(0), COUNT).duplicate, false);
  assert.equal(log.append(event(COUNT - 999), COUNT).duplicate, true);
  db.transaction(() => log.flush());
  db.transaction(() => log.prune(RUN_LENGTH + 1, RUN_LENGTH + 10));
  assert.equal(db.get<{ count: number }>('SELECT count(*) AS count FROM event_run')?.count, 1);
});

test('a rollback takes a run back that was written to its end in its transaction', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db, { windowMs: 10 * COUNT });
  fill(db, log, 0, RUN_LENGTH);
  db.begin();
  for (let more = 0; more < 1000; more++) log.append(event(RUN_LENGTH + more), RUN_LENGTH);
  log.flush();
  assert.equal(db.get<{ count: number }>('SELECT count(*) AS count FROM event_run')?.count, 1);
  db.rollback();
  log.reset();
  fill(db, log, RUN_LENGTH, RUN_LENGTH + 10);
  assert.equal(log.append(event(5), RUN_LENGTH).duplicate, true);
  assert.equal(log.append(event(RUN_LENGTH + 5), RUN_LENGTH).duplicate, true);
});

test('a run is written page by page, is known meanwhile, and is written again if a start came between', async (t) => {
  const db = openDatabase(t);
  const pages = () => db.get<{ count: number }>('SELECT count(*) AS count FROM event_run_page')?.count ?? 0;
  fill(db, new EventLog(db, { windowMs: 10 * COUNT }), 0, RUN_LENGTH + 10);
  assert.ok(pages() > 0 && pages() <= 10, `${pages()} pages after 10 events`);
  const log = new EventLog(db, { windowMs: 10 * COUNT });
  for (let number = RUN_LENGTH + 10; number < RUN_LENGTH + 1000; number++) {
    const before = pages();
    db.transaction(() => {
      assert.equal(log.append(event(number - 777), number).duplicate, true);
      log.append(event(number), number);
      log.flush();
    });
    assert.ok(pages() <= before + 1, `${pages() - before} pages for one event`);
  }
  assert.equal(db.get<{ count: number }>('SELECT count(*) AS count FROM event_run')?.count, 1);
  const rows = db.all<{ entries: Uint8Array }>(
    'SELECT entries FROM event_run_page ORDER BY run, first_entry',
  );
  const entries = rows.flatMap((row) => [...new Float64Array(row.entries.slice().buffer)]);
  assert.deepEqual(
    entries,
    entries.toSorted((one, other) => one - other),
  );
  assert.equal(new Set(entries).size, entries.length, 'no page is there twice');
  const { items } = await searchEvents(db, { limit: 10, subject: 'subject-7' });
  assert.deepEqual(
    items.map(({ sequence }) => sequence),
    [7, 5007, 10007, 15007, 20007, 25007, 30007].map((at) => at + 1).reverse(),
  );
});

test('a filter knows what it was made of, and is wrong about few others', () => {
  const hashes = Array.from({ length: RUN_LENGTH }, (_, number) => identityHash('/s', `id-${number}`));
  const made = IdentityFilter.for(hashes.length);
  for (const hash of hashes) made.add(hash);
  const filter = new IdentityFilter(made.bytes);
  assert.ok(hashes.every((hash) => filter.mayHave(hash)));
  const others = Array.from({ length: 20_000 }, (_, number) => identityHash('/other', `id-${number}`));
  const wrong = others.filter((hash) => filter.mayHave(hash)).length;
  assert.ok(wrong < 600, `${wrong} of 20000`);
});

test('hashes are spread, exact numbers with a place behind them, and tell identities from other texts', () => {
  const seen = new Set<number>();
  for (let number = 0; number < 100_000; number++) {
    const [identity, term] = [identityHash('/s', String(number)), termHash(String(number))];
    assert.equal(identity % 2, 1);
    assert.equal(term % 2, 0);
    assert.ok(Number.isSafeInteger(identity * RUN_LENGTH + RUN_LENGTH - 1));
    seen.add(identity).add(term);
  }
  assert.ok(seen.size > 199_990, `${200_000 - seen.size} of 200000 hashes are shared`);
});

test('hashes are those that folders hold', () => {
  const hashes = [
    identityHash('/tickets', '1'),
    termHash('Ünïcode 😀'),
    fateHash('unmatched'),
    termHash('fate\nunmatched'),
    termHash(''),
  ];
  assert.deepEqual(
    hashes,
    [131_420_016_141, 225_253_505_182, 182_307_297_068, 182_307_297_068, 227_649_327_374],
  );
});

test('events of a type, a source or a fate are found in all runs, page by page, and a fate only while it stands', async (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const rare = new Set([3, RUN_LENGTH + 3, COUNT - 3]);
  for (let at = 0; at < COUNT; at += 1000) {
    db.transaction(() => {
      for (let number = at; number < Math.min(COUNT, at + 1000); number++) {
        const [type, source] = rare.has(number) ? ['Rare', '/rare'] : ['Common', '/common'];
        const { sequence } = log.append(makeEvent({ id: `${number}`, source, type }), number);
        const kind = number % 10_000 === 3 ? 'buffered' : 'unmatched';
        log.addFates(sequence, [{ kind, reason: '"kind":"expired"' } as never], number);
      }
      log.flush();
    });
  }
  const walk = async (query: object): Promise<number[]> => {
    const found: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await searchEvents(db, { limit: 2, ...query, ...(before && { before }) });
      found.push(...page.items.map(({ sequence }) => sequence));
      before = page.next;
      if (before === undefined) return found;
    }
  };
  const sequences = [...rare].map((number) => number + 1).reverse();
  assert.deepEqual(await walk({ type: 'Rare' }), sequences);
  assert.deepEqual(await walk({ source: '/rare' }), sequences);
  assert.deepEqual(await walk({ source: '/common', type: 'Rare' }), []);
  const buffered = [60_004, 50_004, 40_004, 30_004, 20_004, 10_004, 4];
  assert.deepEqual(await walk({ fates: ['buffered'] }), buffered);
  assert.deepEqual(await walk({ fates: ['expired'] }), []);
  db.transaction(() => {
    log.addFates(20_004, [{ kind: 'correlated' } as never], COUNT);
    log.addFates(10_004, [{ kind: 'expired' } as never], COUNT);
    log.flush();
  });
  assert.deepEqual(await walk({ fates: ['buffered'] }), [60_004, 50_004, 40_004, 30_004, 4]);
  assert.deepEqual(await walk({ fates: ['correlated', 'expired'] }), [20_004, 10_004]);
  assert.deepEqual(
    await walk({ fates: ['buffered', 'correlated'], type: 'Common' }),
    [60_004, 50_004, 40_004, 30_004, 20_004],
  );
});
