/** Steps of the payments service's file; appended, never edited. Of a card it keeps the last four digits only. */
export const paymentsMigrations: readonly string[] = [
  `CREATE TABLE payment (
     payment_id TEXT PRIMARY KEY,
     reservation_id TEXT NOT NULL UNIQUE,
     session_id TEXT NOT NULL,
     amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
     currency TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     return_url TEXT,
     status TEXT NOT NULL DEFAULT 'open' CHECK (status IN
       ('open', 'awaitingCode', 'processing', 'authorized', 'refused', 'cancelled', 'refunded')),
     attempts_left INTEGER NOT NULL DEFAULT 3,
     last_four TEXT,
     bank_says TEXT CHECK (bank_says IN ('yes', 'no', 'nothing')),
     bank_answers_at INTEGER, -- set while an answer of the bank is still to come
     reason TEXT,
     opened_at INTEGER NOT NULL,
     changed_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX payment_answer ON payment (bank_answers_at) WHERE bank_answers_at IS NOT NULL;`,
];
