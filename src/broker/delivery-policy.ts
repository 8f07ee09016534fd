import type { Database } from '../store/database.ts';
import { storedDeliverySettings } from './delivery-settings.ts';
import { laneOf } from './lane.ts';
import type { RetrySettings } from './retry.ts';
import { readSubscription } from './subscriptions.ts';

/** What happens to a delivery that fails. */
export interface Policy {
  readonly retry: RetrySettings;
  /** Gets what is given up; without it the list of dead letters keeps it. */
  readonly deadLetterSink?: string | undefined;
}

/** The policy of a lane: what its subscription says, else `base`. A dead-letter sink has no other behind it. */
export function policyOf(db: Database, laneText: string, base: Policy): Policy {
  const lane = laneOf(laneText);
  switch (lane.kind) {
    case 'deadLetterSink':
      return { retry: base.retry };
    case 'host':
      return base;
    case 'subscription': {
      const settings = storedDeliverySettings(readSubscription(db, lane.id)?.config);
      const { retry, backoffDelay, backoffPolicy, deadLetterSink = base.deadLetterSink } = settings;
      return {
        retry: {
          ...base.retry,
          ...(retry !== undefined && { retries: retry }),
          ...(backoffDelay !== undefined && { firstDelayMs: backoffDelay }),
          ...(backoffPolicy !== undefined && { policy: backoffPolicy }),
        },
        deadLetterSink,
      };
    }
  }
}
