import type { RejectionType } from '../records/record.ts';

/** Thrown by a command that is refused, before it has changed anything. */
export class Rejection extends Error {
  readonly type: RejectionType;

  constructor(type: RejectionType, reason: string) {
    super(reason);
    this.name = 'Rejection';
    this.type = type;
  }
}

/** Thrown by a command that finds only half-way that it is refused; what it has done is dropped. */
export class LateRejection extends Rejection {}
