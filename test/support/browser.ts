import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/**
 * A headless browser that needs nothing but `npm ci`: the one inside the package `@sparticuz/chromium`.
 * `CHROMIUM_PATH` names another one.
 */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: process.env.CHROMIUM_PATH ?? (await chromium.executablePath()),
    args: [
      // One process would let all contexts share their cookies.
      ...chromium.args.filter((arg) => arg !== '--single-process'),
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-quic'],
    ],
    headless: true,
  });
}
