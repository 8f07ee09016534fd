/** Steps of the tickets service's file; appended, never edited. */
export const ticketsMigrations: readonly string[] = [
  `CREATE TABLE session (
     session_id TEXT PRIMARY KEY,
     number INTEGER UNIQUE, -- order of acceptance; null if it left before it joined
     state TEXT NOT NULL CHECK (state IN ('waiting', 'turn', 'holding', 'issued', 'left')),
     joined_at INTEGER NOT NULL,
     called_at INTEGER,
     turn_ends_at INTEGER,
     ended_at INTEGER,
     end_reason TEXT
   ) WITHOUT ROWID;
   CREATE INDEX session_waiting ON session (number) WHERE state = 'waiting';
   CREATE INDEX session_turn ON session (turn_ends_at) WHERE state = 'turn';
   CREATE INDEX session_holding ON session (session_id) WHERE state = 'holding';
   CREATE INDEX session_called ON session (called_at) WHERE called_at IS NOT NULL;

   CREATE TABLE seat (
     tickets_type TEXT PRIMARY KEY,
     total INTEGER NOT NULL,
     held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
     sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
     CHECK (held + sold <= total)
   ) WITHOUT ROWID;

   CREATE TABLE reservation (
     reservation_id TEXT PRIMARY KEY,
     session_id TEXT NOT NULL UNIQUE,
     tickets_type TEXT NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0),
     amount_cents INTEGER NOT NULL,
     currency TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('held', 'sold', 'released')),
     reserved_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     ended_at INTEGER,
     release_reason TEXT,
     payment TEXT NOT NULL DEFAULT 'none' CHECK (payment IN ('none', 'opening', 'open', 'failed')),
     payment_id TEXT
   ) WITHOUT ROWID;
   CREATE INDEX reservation_held ON reservation (expires_at) WHERE state = 'held';

   CREATE TABLE ticket (
     code TEXT PRIMARY KEY,
     reservation_id TEXT NOT NULL REFERENCES reservation (reservation_id),
     place INTEGER NOT NULL,
     UNIQUE (reservation_id, place)
   ) WITHOUT ROWID;`,
];
