/**
 * The shop: one page, a screen per stage of the purchase. What is shown follows the server's state alone.
 *
 * Names to hold on to (tests, screen readers, style):
 *   body[data-stage]      new, waiting, turn, requested, reserved, checkout, checking, paid, issued, timedOut, refused,
 *                         soldOut, abandoned (`checking` is the checkout after the card was sent); body[data-cause] at an end
 *   #join                 welcome: join the queue            #crowd-size #crowd-wait #prices
 *   #queue-position       place in line (1 = next)           #queue-ahead #queue-wait #queue-progress
 *   #turn-countdown       time left to choose                #turn-notice (why a wish was refused)
 *   input[name=ticketsType][value="standing"]                #quantity #quantity-less #quantity-more #total #reserve
 *   #hold-countdown       time left to pay                   #order-lines #total
 *   #card-form #card-name #card-number #card-brand #card-expiry #card-cvc #pay   errors: #card-number-error, …
 *   #to-bank #other-card  back from the bank, no answer yet
 *   #ticket-list .ticket[data-code]                          #print #buy-more #refund
 *   #end-what #end-money #end-next #start-again              the ends
 *   #quit → #quit-dialog #quit-confirm #quit-stay            leave, at each stage where one may
 *   #toast                reminders and refusals             #connection (shown while something is unreachable)
 */
import { byId, closeToast, h, setText, toast } from './dom.js';
import { checking, paid, requested, reserved } from './screens/busy.js';
import { checkout } from './screens/checkout.js';
import { ended } from './screens/ended.js';
import { issued } from './screens/issued.js';
import { turn } from './screens/turn.js';
import { waiting } from './screens/waiting.js';
import { welcome } from './screens/welcome.js';
import { call, live, presentState, Refused, setServerTime } from './server.js';
import { spoken } from './words.js';

/**
 * @typedef {import('./server.js').State} State
 * @typedef {object} Context what a screen may do
 * @property {(button: HTMLButtonElement, path: string, body?: object) => Promise<void>} act
 * @property {(button: HTMLButtonElement) => Promise<void>} startAgain
 * @property {(warning: string) => void} quit
 * @property {(paymentId: string) => void} sentToBank
 * @property {() => void} otherCard
 * @typedef {{title: string, content: HTMLElement, update: (state: State) => string | undefined | void, unmount?: () => void}} Screen
 */

/** @type {Record<string, (context: Context) => Screen>} */
const screens = {
  new: welcome,
  waiting,
  turn,
  requested,
  reserved,
  checkout,
  checking,
  paid,
  issued,
  timedOut: ended,
  refused: ended,
  soldOut: ended,
  abandoned: ended,
};
const steps = ['Queue', 'Choose', 'Pay', 'Tickets'];
/** @type {Record<string, number>} */
const stepOf = {
  new: 0,
  waiting: 0,
  turn: 1,
  requested: 1,
  reserved: 2,
  checkout: 2,
  checking: 2,
  paid: 3,
  issued: 3,
};

/** @type {State | undefined} */
let state;
/** @type {Screen | undefined} */
let screen;
let shownStage = '';
let connected = true;
/** @type {{restart: () => void} | undefined} */
let following;

/** @type {Context} */
const context = {
  async act(button, path, body) {
    button.disabled = true;
    try {
      show(await call('POST', path, body));
    } catch (error) {
      if (error instanceof Refused && error.state) show(error.state);
      toast(
        error instanceof Refused
          ? error.message
          : 'The box office cannot be reached. Please try again in a moment.',
      );
    } finally {
      button.disabled = false;
    }
  },
  async startAgain(button) {
    await context.act(button, '/api/session');
    following?.restart();
  },
  quit(warning) {
    setText(byId('quit-text'), warning);
    /** @type {HTMLDialogElement} */ (byId('quit-dialog')).showModal();
  },
  sentToBank(paymentId) {
    sessionStorage.setItem('sent-to-bank', paymentId);
  },
  otherCard() {
    sessionStorage.removeItem('sent-to-bank');
    if (state) show(state);
  },
};

/** @param {State} next */
function show(next) {
  // The server's time of making orders the answers; the newest state of a purchase wins.
  if (state && state.sessionId === next.sessionId && state.boot === next.boot && next.version < state.version)
    return;
  state = next;
  setServerTime(next.now);
  const atBank =
    next.stage === 'checkout' && sessionStorage.getItem('sent-to-bank') === next.payment?.paymentId;
  const stage = atBank ? 'checking' : next.stage;
  if (stage !== shownStage || !screen) mount(stage);
  const title = screen?.update(next) || screen?.title;
  document.title = `${title} – Low Tide, High Moon`;
  document.body.dataset.cause = next.cause ?? '';
  remind(next);
  showConnection();
}

/** @param {string} stage */
function mount(stage) {
  const make = screens[stage];
  if (!make) throw new Error(`The server speaks of stage ${stage}, which this page does not know: reload it`);
  screen?.unmount?.();
  const first = shownStage === '';
  closeToast();
  shownStage = stage;
  screen = make(context);
  /** @type {HTMLDialogElement} */ (byId('quit-dialog')).close();
  document.body.dataset.stage = stage;
  byId('screen').replaceWith(h('div', { id: 'screen', class: 'screen' }, screen.content));
  const at = stepOf[stage];
  byId('steps').replaceChildren(
    ...steps.map((name, index) =>
      h('li', { 'aria-current': index === at && 'step', 'data-done': at !== undefined && index < at }, name),
    ),
  );
  byId('steps').parentElement?.toggleAttribute('hidden', at === undefined);
  if (first) return;
  window.scrollTo({ top: 0 });
  // The heading is set by the first update, which follows at once; then it is read aloud.
  queueMicrotask(() => document.querySelector('h1')?.focus({ preventScroll: true }));
}

/** @param {State} next */
function remind(next) {
  const notice = next.notice;
  if (notice?.kind !== 'reminder' || next.stage !== 'checkout') return;
  // Once for each reminder, also after the page was loaded again.
  const key = `${next.sessionId} ${notice.secondsLeft}`;
  if (sessionStorage.getItem('reminder') === key) return;
  sessionStorage.setItem('reminder', key);
  toast(`Your tickets are held for ${spoken(notice.secondsLeft)} more.`);
}

function showConnection() {
  const banner = byId('connection');
  const text = !connected
    ? 'The connection was lost. We are trying again; your place is safe.'
    : state?.ticketsUp === false
      ? 'The ticket desk does not answer at the moment. We keep trying; your place is safe.'
      : '';
  banner.hidden = text === '';
  setText(banner, text);
}

function begin() {
  byId('quit-stay').addEventListener('click', () =>
    /** @type {HTMLDialogElement} */ (byId('quit-dialog')).close(),
  );
  const confirm = /** @type {HTMLButtonElement} */ (byId('quit-confirm'));
  confirm.addEventListener('click', async () => {
    await context.act(confirm, '/api/quit');
    /** @type {HTMLDialogElement} */ (byId('quit-dialog')).close();
  });
  following = live({
    onState: show,
    onConnection(now) {
      connected = now;
      showConnection();
    },
  });
}

// A page that the browser kept in memory (Back from the bank) shows the past: ask again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

presentState().then(
  (first) => {
    show(first);
    begin();
  },
  () => {
    connected = false;
    showConnection();
    begin();
  },
);
