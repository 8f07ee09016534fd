import {
  type CommonSettings,
  readCommonSettings,
  SettingsReader,
  type SettingsSource,
} from '../../lib/settings.ts';

/** Settings of the payments service. */
export interface PaymentsSettings extends CommonSettings {
  /** Origins of shops: the bank's page leads back to them only, and their pages may post the card form. */
  readonly shopOrigins: readonly string[];
  /** How long the bank takes to answer an authorisation, in milliseconds. */
  readonly authorizationDelayMs: number;
  /** Name of the receiver on the bank's page. */
  readonly merchant: string;
}

/** @throws SettingsError naming the setting and the remedy. */
export function readPaymentsSettings(source: SettingsSource): PaymentsSettings {
  const reader = new SettingsReader(source);
  const common = readCommonSettings(reader, { port: 8083, data: 'data/payments.sqlite' });
  const shopOrigins = reader.list('shopOrigins', ['http://127.0.0.1:8090', 'http://localhost:8090']);
  const settings: PaymentsSettings = {
    ...common,
    allowedOrigins: [...common.allowedOrigins, ...shopOrigins],
    shopOrigins,
    authorizationDelayMs: reader.integer('authorizationDelayMs', 0),
    merchant: reader.text('merchant', 'The Concert'),
  };
  reader.finish();
  return settings;
}
