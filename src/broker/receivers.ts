import type { Database } from '../store/database.ts';
import { type DeliverySettings, storedDeliverySettings } from './delivery-settings.ts';
import { laneOf } from './lane.ts';
import { hmacKey, type SinkCredential } from './secrets.ts';
import { SIGNATURE_HEADER, type Signer } from './sign.ts';
import { readKept, readRevision } from './subscriptions.ts';
import type { Targets } from './targets.ts';
import type { StoredWebhook } from './webhook.ts';

/** Where the deliveries of a lane go now. */
export type Receiver =
  | SinkReceiver
  | { readonly kind: 'retired'; readonly address: string; readonly reason: string }
  | { readonly kind: 'none' };

export interface SinkReceiver {
  readonly kind: 'sink';
  /** Grows with each change of the subscription; 0 for other receivers. */
  readonly revision: number;
  /** Of the subscription; empty for other receivers. */
  readonly id: string;
  /** As the subscription or the model has it. */
  readonly address: string;
  /** What is called. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly settings: DeliverySettings;
  readonly credential?: { readonly settings: SinkCredential; readonly secret: string };
  readonly signer?: Signer;
  readonly webhook?: StoredWebhook;
}

/** Receivers that are remembered; beyond, all are read again. */
const MOST_REMEMBERED = 1000;
const NO_SETTINGS: DeliverySettings = { order: 'none' };

/** Reads who receives the deliveries of a lane, and remembers it until the subscription changes. */
export class Receivers {
  readonly #db: Database;
  readonly #targets: Targets;
  readonly #known = new Map<string, SinkReceiver>();

  constructor(db: Database, targets: Targets) {
    this.#db = db;
    this.#targets = targets;
  }

  of(text: string): Receiver {
    const lane = laneOf(text);
    const known = this.#known.get(text);
    const revision = lane.kind === 'subscription' ? readRevision(this.#db, lane.id) : 0;
    if (revision === undefined) {
      this.#known.delete(text);
      return { kind: 'none' };
    }
    if (known?.revision === revision) return known;
    const receiver = lane.kind === 'subscription' ? this.#subscription(lane.id) : this.#address(lane.address);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    if (receiver.kind === 'sink') this.#known.set(text, receiver);
    return receiver;
  }

  #subscription(id: string): Receiver {
    const kept = readKept(this.#db, id);
    if (!kept) return { kind: 'none' };
    const { body, secrets, retired, revision, webhook } = kept;
    const { sink: address, protocolsettings, sinkcredential, config } = body;
    if (retired !== undefined) return { kind: 'retired', address, reason: retired };
    const target = this.#targets.resolve(address);
    if (!target.ok) return { kind: 'retired', address, reason: target.reason };
    const hmac = protocolsettings?.hmac;
    return {
      kind: 'sink',
      revision,
      id,
      address,
      url: target.url,
      headers: protocolsettings?.headers ?? {},
      settings: storedDeliverySettings(config),
      ...(sinkcredential &&
        secrets.credential !== undefined && {
          credential: { settings: sinkcredential, secret: secrets.credential },
        }),
      ...(hmac &&
        secrets.hmac !== undefined && {
          signer: { key: hmacKey(secrets.hmac), header: hmac.header?.toLowerCase() ?? SIGNATURE_HEADER },
        }),
      ...(webhook && { webhook }),
    };
  }

  #address(address: string): Receiver {
    const target = this.#targets.resolve(address);
    if (!target.ok) return { kind: 'retired', address, reason: target.reason };
    return {
      kind: 'sink',
      revision: 0,
      id: '',
      address,
      url: target.url,
      headers: {},
      settings: NO_SETTINGS,
    };
  }
}
