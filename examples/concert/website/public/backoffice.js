/**
 * The back office page. Asks once a second while it is visible.
 *
 * Names to hold on to: #seats dd[data-of=total|held|sold|left|waiting|buying], #stages dd[data-of=<stage>],
 * #outcomes dd[data-of=purchased|timedOut|abandoned|refused|soldOut], #queue tr[data-session] with a button Remove,
 * #unpaid tr[data-session] with a button Accept transfer,
 * #remove-dialog #remove-confirm #remove-cancel, #fresh (time of the figures, or what is wrong).
 */
import { announce, byId, h, setText } from './dom.js';
import { call } from './server.js';
import { count } from './words.js';

const seatNames = {
  total: 'Total',
  sold: 'Sold',
  held: 'Held',
  left: 'Left',
  waiting: 'Waiting',
  buying: 'Buying',
};
const stageLabels = {
  new: 'Looking',
  waiting: 'Waiting',
  turn: 'Choosing',
  requested: 'Asking for seats',
  reserved: 'Seats held',
  checkout: 'Paying',
  paid: 'Paid',
};
const outcomeLabels = {
  purchased: 'Purchased',
  timedOut: 'Timed out',
  abandoned: 'Abandoned',
  refused: 'Refused',
  soldOut: 'Sold out',
};

/**
 * Rows of a list of figures, made once and then only changed.
 * @param {HTMLElement} list
 * @param {Record<string, string>} labels
 * @param {Record<string, number>} values
 * @param {boolean} [bars]
 */
function figures(list, labels, values, bars = false) {
  const most = Math.max(1, ...Object.keys(labels).map((name) => values[name] ?? 0));
  for (const [name, label] of Object.entries(labels)) {
    let number = /** @type {HTMLElement | null} */ (list.querySelector(`[data-of="${name}"]`));
    if (!number) {
      number = h('span', { class: 'number', 'data-of': name });
      const length = bars && h('div', { class: 'length', 'aria-hidden': 'true' }, h('i', {}));
      list.append(h('div', {}, h('dt', {}, label), h('dd', {}, length, number)));
    }
    setText(number, count(values[name] ?? 0));
    const bar = /** @type {HTMLElement | null} */ (number.parentElement?.querySelector('i'));
    if (bar) bar.style.width = `${(100 * (values[name] ?? 0)) / most}%`;
  }
}

/** @param {{total: number, held: number, sold: number, left: number}} seats */
function seatBar(seats) {
  const bar = byId('seatbar');
  if (bar.childElementCount === 0) bar.append(h('div', { class: 'sold' }), h('div', { class: 'held' }));
  const [sold, held] = /** @type {HTMLElement[]} */ ([...bar.children]);
  const share = (/** @type {number} */ value) => `${(100 * value) / Math.max(1, seats.total)}%`;
  if (sold) sold.style.width = share(seats.sold);
  if (held) held.style.width = share(seats.held);
  bar.setAttribute(
    'aria-label',
    `${seats.sold} sold, ${seats.held} held, ${seats.left} left of ${seats.total}`,
  );
}

/** The customer that the open dialog is about. */
let removing = '';

/** @param {{sessionId: string, here: boolean}[]} queue */
function showQueue(queue) {
  const body = byId('queue');
  const old = new Map([...body.children].map((row) => [row.getAttribute('data-session'), row]));
  const rows = queue.map(({ sessionId, here }, index) => {
    const row = old.get(sessionId) ?? rowOf(sessionId);
    const [place, , page] = row.children;
    if (place) setText(place, String(index + 1));
    if (page) setText(page, here ? 'Open' : 'Not open');
    return row;
  });
  // Rows that stay keep the focus; only what changed is moved.
  for (const [index, row] of rows.entries())
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  while (body.children.length > rows.length) body.lastElementChild?.remove();
}

/** @param {string} sessionId */
function rowOf(sessionId) {
  const remove = h(
    'button',
    {
      type: 'button',
      class: 'button small danger',
      'aria-label': `Remove ${sessionId}`,
      onclick: () => {
        removing = sessionId;
        setText(byId('remove-text'), `${sessionId} loses the place in line and is told so.`);
        /** @type {HTMLDialogElement} */ (byId('remove-dialog')).showModal();
      },
    },
    'Remove',
  );
  return h(
    'tr',
    { 'data-session': sessionId },
    h('td', {}),
    h('td', {}, sessionId),
    h('td', {}),
    h('td', {}, remove),
  );
}

/** @param {{sessionId: string, reservation: {ticketsType: string, ticketsQuantity: number, amount: number, currency: string}}[]} unpaid */
function showUnpaid(unpaid) {
  byId('unpaid-section').hidden = unpaid.length === 0;
  const body = byId('unpaid');
  const old = new Map([...body.children].map((row) => [row.getAttribute('data-session'), row]));
  const rows = unpaid.map((one) => old.get(one.sessionId) ?? unpaidRow(one));
  for (const row of [...body.children]) if (!rows.includes(row)) row.remove();
  for (const row of rows) if (row.parentElement !== body) body.append(row);
}

/** @param {Parameters<typeof showUnpaid>[0][number]} one */
function unpaidRow({ sessionId, reservation }) {
  const accept = h(
    'button',
    {
      type: 'button',
      class: 'button small',
      'aria-label': `Accept the transfer of ${sessionId}`,
      onclick: async () => {
        try {
          await call('POST', '/api/backoffice/transfer', { sessionId });
          announce('Transfer accepted.');
        } catch (error) {
          announce(error instanceof Error ? error.message : 'Not accepted.');
        }
        await refresh();
      },
    },
    'Accept transfer',
  );
  const { ticketsQuantity, ticketsType, amount, currency } = reservation;
  return h(
    'tr',
    { 'data-session': sessionId },
    h('td', {}, sessionId),
    h('td', {}, `${ticketsQuantity} ${ticketsType}`),
    h('td', {}, `${amount.toFixed(2)} ${currency}`),
    h('td', {}, accept),
  );
}

async function refresh() {
  const fresh = byId('fresh');
  try {
    const office = await call('GET', '/api/backoffice');
    figures(byId('stages'), stageLabels, office.stages, true);
    figures(byId('outcomes'), outcomeLabels, office.outcomes, true);
    if (office.seats) {
      figures(byId('seats'), seatNames, { ...office.seats, waiting: office.waiting, buying: office.buying });
      seatBar(office.seats);
    }
    showUnpaid(office.unpaid);
    if (office.queue) {
      showQueue(office.queue);
      const shown = office.queue.length;
      setText(
        byId('queue-note'),
        shown === 0
          ? 'Nobody waits.'
          : `${count(shown)} of ${count(office.waiting ?? shown)} waiting, in the order they are served.`,
      );
    }
    fresh.toggleAttribute('data-down', !office.ticketsUp);
    const at = new Date(office.now).toISOString().slice(11, 19);
    setText(
      fresh,
      office.ticketsUp
        ? `${count(office.connections)} ${office.connections === 1 ? 'page' : 'pages'} open · ${at} UTC`
        : 'The tickets service does not answer',
    );
  } catch (error) {
    fresh.toggleAttribute('data-down', true);
    setText(
      fresh,
      error instanceof Error && error.name !== 'TypeError' ? error.message : 'The website does not answer',
    );
  }
}

async function loop() {
  if (!document.hidden) await refresh();
  setTimeout(loop, 1_000);
}

const dialog = /** @type {HTMLDialogElement} */ (byId('remove-dialog'));
byId('remove-cancel').addEventListener('click', () => dialog.close());
byId('remove-confirm').addEventListener('click', async () => {
  dialog.close();
  try {
    await call('POST', '/api/backoffice/remove', { sessionId: removing });
    announce('Removed.');
  } catch (error) {
    announce(error instanceof Error ? error.message : 'Not removed.');
  }
  await refresh();
});
void loop();
