import {
  completeSecrets,
  consentOfCallback,
  type NewSubscription,
  parseSubscription,
  readKept,
  readSubscription,
  readSubscriptions,
  type StoredWebhook,
  SubscriptionError,
  type SubscriptionRequest,
  shownSubscription,
  storedDeliverySettings,
  type Targets,
} from '../../broker/index.ts';
import type { Database } from '../../store/database.ts';
import type { AskWriter } from './dead-letter-side.ts';
import type { Events } from './events.ts';

type SubscriptionPart = Pick<
  Events,
  | 'subscriptions'
  | 'subscription'
  | 'createSubscription'
  | 'updateSubscription'
  | 'deleteSubscription'
  | 'consentByCallback'
>;

export interface SubscriptionSideOptions {
  readonly db: Database;
  readonly targets: Targets;
  /** Ids of new subscriptions. */
  readonly newId: () => string;
  /** A text that nobody can guess. */
  readonly newToken: () => string;
}

const ASKED: Omit<StoredWebhook, 'token'> = { state: 'pending', reason: 'The sink was not asked yet.' };

/** What the surfaces may do with subscriptions. Secrets go in and never come out. */
export function subscriptionSide(options: SubscriptionSideOptions, ask: AskWriter): SubscriptionPart {
  const { db, targets, newId, newToken } = options;
  const checked = (json: unknown, stored?: SubscriptionRequest): NewSubscription => {
    const request = parseSubscription(json);
    const settings = storedDeliverySettings(request.body.config);
    checkTarget(targets, 'sink', request.body.sink);
    checkTarget(targets, 'config.deadLetterSink', settings.deadLetterSink);
    const { sinkcredential } = request.body;
    if (sinkcredential?.credentialtype === 'CLIENTCREDENTIALS')
      checkTarget(targets, 'sinkcredential.tokenendpoint', sinkcredential.tokenendpoint);
    const secrets = completeSecrets(request, stored);
    return {
      body: request.body,
      secrets,
      ...(settings.webhook && { webhook: { ...ASKED, token: newToken() } }),
    };
  };
  return {
    subscriptions: async (limit, after) => readSubscriptions(db, limit, after),
    subscription: async (id) => readSubscription(db, id),
    createSubscription: async (json) => {
      const subscription = checked(json);
      const id = newId();
      await ask('createSubscription', { id, subscription });
      return shownSubscription(id, subscription.body, undefined, subscription.webhook);
    },
    updateSubscription: async (id, json) => {
      const subscription = checked(json, readKept(db, id));
      if (!(await ask('updateSubscription', { id, subscription }))) return undefined;
      return shownSubscription(id, subscription.body, undefined, subscription.webhook);
    },
    deleteSubscription: (id) => ask('deleteSubscription', { id }),
    consentByCallback: async (id, token, headers) => {
      const kept = readKept(db, id);
      const { webhook } = storedDeliverySettings(kept?.body.config);
      // Only who was told of the call back may call back.
      if (webhook?.callback === undefined || kept?.webhook?.token !== token) return false;
      return ask('consentByCallback', { id, token, state: consentOfCallback(webhook, headers) });
    },
  };
}

function checkTarget(targets: Targets, path: string, address: string | undefined): void {
  if (address === undefined) return;
  const target = targets.resolve(address);
  if (!target.ok) throw new SubscriptionError(path, target.reason);
}
