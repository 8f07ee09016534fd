/** The bank's pages: card form, code, outcome. Pure: a payment and the time in, HTML out. */
import { createHash } from 'node:crypto';
import type { CardField } from './card.ts';
import { Html, html } from './html.ts';
import { isExpired, type Payment } from './payment.ts';
import { bankStyle } from './style.ts';

/** What a page needs beside the payment. */
export interface PageParts {
  readonly merchant: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What was wrong with the card that was just sent. */
  readonly errors?: Readonly<Partial<Record<CardField, string>>>;
}

/** Headers of all pages: nothing from elsewhere, no frames, no scripts, no copies. */
export function pageHeaders(): Readonly<Record<string, string>> {
  const style = createHash('sha256').update(bankStyle).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; style-src 'sha256-${style}'; form-action 'self'; ` +
      "base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** The page for the present state of a payment. */
export function paymentPage(payment: Payment, parts: PageParts): string {
  if (isExpired(payment, parts.now)) {
    const text = html`<p>The time to pay is over. Nothing was charged to your card.</p>`;
    return outcome(payment, parts, 'bad', 'Time is over', text);
  }
  switch (payment.status) {
    case 'open':
      return cardPage(payment, parts);
    case 'awaitingCode':
      return codePage(payment, parts);
    case 'processing':
      return waitingPage(payment, parts);
    case 'authorized': {
      const text = html`<p>Your bank has approved <strong>${money(payment)}</strong>. ${
        payment.returnUrl === undefined
          ? 'You may close this page.'
          : 'We are taking you back to the shop for your tickets.'
      }</p>`;
      return outcome(payment, parts, 'good', 'Payment approved', text);
    }
    case 'refused':
      return outcome(
        payment,
        parts,
        'bad',
        'Payment refused',
        html`<p>${refusalText(payment)} Nothing was charged.</p>`,
      );
    case 'cancelled':
      return outcome(
        payment,
        parts,
        'bad',
        'Payment cancelled',
        html`<p>This payment is not wanted any more. Nothing was charged.</p>`,
      );
    case 'refunded':
      return outcome(
        payment,
        parts,
        'bad',
        'Payment refunded',
        html`<p>Your payment came too late for this order. The full amount of <strong>${money(payment)}</strong>
goes back to your card${payment.lastFour === undefined ? '' : html` ending in ${payment.lastFour}`}.</p>`,
      );
    default:
      payment.status satisfies never;
      return '';
  }
}

/** The page for a payment that does not exist. */
export function unknownPage(): string {
  return page(
    'Unknown payment',
    html`${mark('bad')}<h1>Unknown payment</h1><p>There is no payment at this address. Please start again in the shop.</p>`,
  );
}

function cardPage(payment: Payment, parts: PageParts): string {
  const errors = parts.errors ?? {};
  const invalid = Object.keys(errors).length > 0;
  return page(
    'Pay by card',
    html`${summary(payment, parts)}${steps(0)}
<h1>Pay by card</h1>
<p class="soft">${timeLeft(payment, parts.now)}</p>
${invalid && html`<p class="note bad" role="alert">Please correct the marked fields. Nothing was charged.</p>`}
<form method="post" action="/payments/${payment.paymentId}/card" novalidate>
<input type="hidden" name="amount" value="${payment.amountCents / 100}">
${field(errors, 'name', 'Name on card', 'autocomplete="cc-name" autofocus')}
${field(errors, 'number', 'Card number', 'inputmode="numeric" autocomplete="cc-number" placeholder="0000 0000 0000 0000"')}
<div class="row">
${field(errors, 'expiry', 'Valid until', 'inputmode="numeric" autocomplete="cc-exp" placeholder="MM/YY"')}
${field(errors, 'cvc', 'CVC', 'inputmode="numeric" autocomplete="cc-csc" maxlength="4" placeholder="123"')}
</div>
<button type="submit">Pay ${money(payment)}</button>
</form>
<details><summary>Cards of this demo</summary>
<p><code>4242 4242 4242 4242</code> is approved,<br><code>4000 0000 0000 0002</code> is declined,<br>
<code>4000 0000 0000 0341</code> never gets an answer.<br>Any date to come, any security code.</p></details>`,
  );
}

function codePage(payment: Payment, parts: PageParts): string {
  const tried = payment.attemptsLeft < 3;
  const left =
    payment.attemptsLeft === 1 ? 'one attempt is left' : `${payment.attemptsLeft} attempts are left`;
  return page(
    'Confirm your payment',
    html`${summary(payment, parts)}${steps(1)}
<h1>Confirm your payment</h1>
<p class="soft">Card ending in ${payment.lastFour}. ${timeLeft(payment, parts.now)}</p>
<form method="post" action="/payments/${payment.paymentId}/code">
<div class="field">
<label for="code">Enter the code we sent to your phone</label>
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6"
 required autofocus ${tried && new Html('aria-invalid="true"')} aria-describedby="code-note">
${tried && html`<p class="error" role="alert">That code was not right; ${left}.</p>`}
</div>
<p class="note" id="code-note">This is a demo: no message is sent, the code is <strong>123456</strong>.</p>
<button type="submit">Confirm ${money(payment)}</button>
</form>`,
  );
}

function waitingPage(payment: Payment, parts: PageParts): string {
  return page(
    'Waiting for the bank',
    html`${summary(payment, parts)}${steps(1)}
<svg class="mark wait" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="5" aria-hidden="true">
<circle cx="24" cy="24" r="19" opacity=".2"/><path class="spin" d="M24 5a19 19 0 0 1 19 19" stroke-linecap="round"/></svg>
<h1>Waiting for the bank</h1>
<p role="status">Your bank is checking the payment. This page looks again by itself.</p>
<p class="soft">${timeLeft(payment, parts.now)}</p>${back(payment)}`,
    html`<meta http-equiv="refresh" content="2">`,
  );
}

function outcome(
  payment: Payment,
  parts: PageParts,
  tone: 'good' | 'bad',
  title: string,
  text: Html,
): string {
  const { returnUrl, status } = payment;
  const home =
    returnUrl !== undefined && status === 'authorized'
      ? html`<meta http-equiv="refresh" content="3;url=${returnUrl}">`
      : undefined;
  return page(
    title,
    html`${summary(payment, parts)}${steps(tone === 'good' ? 3 : 2)}${mark(tone)}
<h1>${title}</h1><div role="status">${text}</div>${back(payment)}`,
    home,
  );
}

function back(payment: Payment): Html | undefined {
  return payment.returnUrl === undefined
    ? undefined
    : html`<p><a class="button" href="${payment.returnUrl}">Back to the shop</a></p>`;
}

function refusalText(payment: Payment): string {
  switch (payment.reason) {
    case 'declined':
      return 'Your bank has declined this card.';
    case 'wrongCode':
      return 'The code was wrong three times.';
    case 'amountMismatch':
      return 'The amount you saw was not the amount of this order.';
    default:
      return 'The payment was refused.';
  }
}

/** `attributes` are fixed texts of this file. */
function field(
  errors: NonNullable<PageParts['errors']>,
  name: CardField,
  label: string,
  attributes: string,
): Html {
  const error = errors[name];
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" required ${new Html(attributes)}${
    error !== undefined && new Html(` aria-invalid="true" aria-describedby="${name}-error"`)
  }>${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}</div>`;
}

function summary(payment: Payment, parts: PageParts): Html {
  return html`<div class="sum"><span>${parts.merchant}<br><span class="soft">Order ${payment.reservationId.slice(0, 8)}</span></span>
<strong>${money(payment)}</strong></div>`;
}

function steps(present: number): Html {
  const items = ['Card', 'Code', 'Done'].map((name, index) => {
    const kind = index < present ? ' class="done"' : index === present ? ' aria-current="step"' : '';
    return html`<li${new Html(kind)}>${name}</li>`;
  });
  return html`<ol class="steps" aria-label="Steps of the payment">${items}</ol>`;
}

function timeLeft(payment: Payment, now: number): string {
  const seconds = Math.max(0, Math.round((payment.expiresAt - now) / 1_000));
  if (seconds < 90) return `${seconds} seconds left to pay.`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `About ${minutes} minutes left to pay.`
    : `Pay before ${new Date(payment.expiresAt).toUTCString()}.`;
}

function mark(tone: 'good' | 'bad'): Html {
  const path = tone === 'good' ? 'M14 25l7 7 14-15' : 'M16 16l16 16M32 16L16 32';
  return html`<svg class="mark ${tone}" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4"
 stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="21"/><path d="${path}"/></svg>`;
}

function money(payment: Payment): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: payment.currency }).format(
    payment.amountCents / 100,
  );
}

function page(title: string, body: Html, head?: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} · Demo Bank</title>
<meta name="viewport" content="width=device-width,initial-scale=1">${head}
<style>${new Html(bankStyle)}</style></head>
<body><header><svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="M12 2 2 7.5V9h20V7.500zM4 11v7h3v-7zm6.500 0v7h3v-7zM17 11v7h3v-7zM2 20v2h20v-2z"/></svg>
Demo Bank <small>no real money</small></header>
<main>${body}</main></body></html>`.text;
}
