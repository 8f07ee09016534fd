import {
  type CommonSettings,
  readCommonSettings,
  SettingsError,
  SettingsReader,
  type SettingsSource,
} from '../lib/settings.ts';

export interface WebsiteSettings extends CommonSettings {
  /** Address of the tickets service, as this process reaches it. */
  readonly ticketsUrl: string;
  /** Address of the payments service, as browsers reach it: the card form posts there. */
  readonly paymentsPublicUrl: string;
  /** How often those who have not paid yet are reminded, as an ISO 8601 duration. */
  readonly reminderEvery: string;
  /** `on` where the shop is served by https only: the cookie then never travels in the open. */
  readonly secureCookie: boolean;
}

/** @throws SettingsError naming the setting and the remedy. */
export function readWebsiteSettings(source: SettingsSource): WebsiteSettings {
  const reader = new SettingsReader(source);
  const settings: WebsiteSettings = {
    ...readCommonSettings(reader, { port: 8090, data: 'data/website/website.db' }),
    ticketsUrl: reader.address('ticketsUrl', 'http://127.0.0.1:8082'),
    paymentsPublicUrl: reader.address('paymentsPublicUrl', 'http://127.0.0.1:8083'),
    reminderEvery: duration(reader.text('reminderEvery', 'PT30S')),
    secureCookie: reader.choice('secureCookie', ['on', 'off'], 'off') === 'on',
  };
  reader.finish();
  return settings;
}

function duration(text: string): string {
  if (!/^PT(?=\d)(\d+H)?(\d+M)?(\d+S)?$/.test(text)) {
    throw new SettingsError(`reminderEvery must be a duration such as PT30S or PT1M, not "${text}".`);
  }
  return text;
}
