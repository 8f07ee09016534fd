/**
 * How many seats of each type are free, held and sold.
 *
 * T1. held + sold never exceeds total: checked here, and again by the file itself (R1).
 */
import type { Database } from '../../lib/database.ts';
import type { SeatType } from './settings.ts';

/** Counts of seats; `left` is free to be held. */
export interface SeatCount {
  readonly total: number;
  readonly held: number;
  readonly sold: number;
  readonly left: number;
}

export class Seats {
  readonly types: readonly SeatType[];
  private readonly database: Database;
  private counts = new Map<string, SeatCount>();

  /** Takes the totals of the settings over; what is held and sold stays, even if the total was lowered. */
  static async open(database: Database, types: readonly SeatType[]): Promise<Seats> {
    await database.write(() => {
      database.run('UPDATE seat SET total = held + sold');
      for (const type of types) {
        database.run(
          `INSERT INTO seat (tickets_type, total) VALUES (?, ?)
           ON CONFLICT (tickets_type) DO UPDATE SET total = max(excluded.total, held + sold)`,
          type.ticketsType,
          type.total,
        );
      }
    });
    return new Seats(database, types);
  }

  private constructor(database: Database, types: readonly SeatType[]) {
    this.database = database;
    this.types = types;
    database.onUndo(() => this.load());
    this.load();
  }

  type(ticketsType: string): SeatType | undefined {
    return this.types.find((type) => type.ticketsType === ticketsType);
  }

  count(ticketsType: string): SeatCount {
    return this.counts.get(ticketsType) ?? { total: 0, held: 0, sold: 0, left: 0 };
  }

  /** All types together. */
  sum(): SeatCount {
    let [total, held, sold] = [0, 0, 0];
    for (const count of this.counts.values()) {
      total += count.total;
      held += count.held;
      sold += count.sold;
    }
    return { total, held, sold, left: total - held - sold };
  }

  /** True once nothing can ever come back: all seats are sold, not merely held. */
  get soldOut(): boolean {
    const { total, sold } = this.sum();
    return sold >= total;
  }

  /** Holds seats; answers false, changing nothing, if fewer are left. */
  hold(ticketsType: string, quantity: number): boolean {
    if (this.count(ticketsType).left < quantity) return false;
    this.change(ticketsType, quantity, 0);
    return true;
  }

  /** Gives held seats back. */
  release(ticketsType: string, quantity: number): void {
    this.change(ticketsType, -quantity, 0);
  }

  /** Makes held seats sold ones. */
  sell(ticketsType: string, quantity: number): void {
    this.change(ticketsType, -quantity, quantity);
  }

  private change(ticketsType: string, held: number, sold: number): void {
    this.database.run(
      'UPDATE seat SET held = held + ?, sold = sold + ? WHERE tickets_type = ?',
      held,
      sold,
      ticketsType,
    );
    const count = this.count(ticketsType);
    this.counts.set(ticketsType, {
      total: count.total,
      held: count.held + held,
      sold: count.sold + sold,
      left: count.left - held - sold,
    });
  }

  private load(): void {
    this.counts = new Map(
      this.database.all('SELECT tickets_type, total, held, sold FROM seat').map((row) => {
        const [total, held, sold] = [Number(row.total), Number(row.held), Number(row.sold)];
        return [String(row.tickets_type), { total, held, sold, left: total - held - sold }];
      }),
    );
  }
}
