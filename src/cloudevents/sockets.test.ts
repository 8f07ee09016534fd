import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type AttributeValue, canonicalText } from './attributes.ts';
import { type CloudEvent, makeEvent } from './event.ts';
import {
  type ContentMode,
  type DecodedMessage,
  decodeHttp,
  type EncodedMessage,
  encodeBatch,
  encodeBinary,
  encodeStructured,
} from './http.ts';
import { encodeUtf8 } from './utf8.ts';

const HEADER_BYTES = 256 * 1024;

const allowed = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
  !/[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]/.test(text) &&
  [...text].every((char) => ((char.codePointAt(0) ?? 0) & 0xfffe) !== 0xfffe);
const text = fc.string({ unit: 'binary' }).filter(allowed);
const filled = text.filter((value) => value !== '');
const value: fc.Arbitrary<AttributeValue> = fc.oneof(text, fc.integer(), fc.boolean());
const extensions = fc.array(fc.tuple(fc.stringMatching(/^x[a-z0-9]{1,25}$/), value), { maxLength: 6 });
const payload = fc.oneof(
  fc.record({
    datacontenttype: fc.constantFrom('application/json', 'Application/Vnd.X+JSON; Charset="UTF-8"'),
    data: fc
      .oneof(fc.json(), fc.constantFrom('null', '0', 'false', '""', '[]', '{ "a" : [ 1.50 ] }'))
      .map(encodeUtf8),
  }),
  fc.record({
    datacontenttype: fc.constantFrom(undefined, 'application/octet-stream', 'text/plain'),
    data: fc.uint8Array({ minLength: 1 }),
  }),
  fc.constant({}),
);
const event: fc.Arbitrary<CloudEvent> = fc
  .tuple(
    fc.record({
      id: filled,
      source: fc.webUrl(),
      type: filled,
      subject: fc.option(filled, { nil: undefined }),
    }),
    extensions.map((entries) => new Map(entries)),
    payload,
  )
  .map(([core, more, data]) => makeEvent({ ...core, extensions: more, ...data }));

interface Echo {
  /** Sends a message as a request; answers what the server sent back as a response. */
  send(message: EncodedMessage): Promise<DecodedMessage>;
}

/** A server that decodes each request and answers its events in the mode in which they came. */
async function openEcho(t: TestContext): Promise<Echo> {
  const server = createServer({ maxHeaderSize: HEADER_BYTES }, (incoming, response) => {
    bodyOf(incoming).then((body) => {
      const { headers, body: answer } = encodeAs(decodeHttp(incoming.headersDistinct, body));
      response.writeHead(200, headers).end(answer);
    }, assert.fail);
  });
  server.maxHeadersCount = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    send: ({ headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = request(
          { port, host: '127.0.0.1', method: 'POST', headers, maxHeaderSize: HEADER_BYTES },
          (response) => {
            bodyOf(response)
              .then((answer) => decodeHttp(response.headersDistinct, answer))
              .then(resolve, reject);
          },
        );
        sent.on('error', reject);
        sent.end(body);
      }),
  };
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

function encodeAs({ mode, events }: DecodedMessage): EncodedMessage {
  const [first] = events;
  if (mode === 'batch') return encodeBatch(events);
  assert.ok(first !== undefined);
  return mode === 'binary' ? encodeBinary(first) : encodeStructured(first);
}

/** Binary mode carries texts only, and no difference between no data and no bytes. */
function content(of: CloudEvent, mode: ContentMode): unknown {
  const attributes = new Map(
    [...of.attributes].map(([name, item]) => [name, mode === 'binary' ? canonicalText(item) : item]),
  );
  return { attributes, data: mode === 'binary' ? [...(of.data ?? [])] : of.data && [...of.data] };
}

for (const mode of ['binary', 'structured'] as const) {
  test(`an event survives a request and a response in ${mode} mode over real sockets, byte by byte`, async (t) => {
    const { send } = await openEcho(t);
    await fc.assert(
      fc.asyncProperty(event, async (any) => {
        const back = await send(encodeAs({ mode, events: [any] }));
        assert.equal(back.mode, mode);
        assert.deepEqual(
          back.events.map((one) => content(one, mode)),
          [content(any, mode)],
        );
      }),
      { numRuns: 150 },
    );
  });
}

test('a batch survives a request and a response over real sockets, in its order', async (t) => {
  const { send } = await openEcho(t);
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 5 }), async (events) => {
      const back = await send(encodeBatch(events));
      assert.equal(back.mode, 'batch');
      assert.deepEqual(
        back.events.map((one) => content(one, 'batch')),
        events.map((one) => content(one, 'batch')),
      );
    }),
    { numRuns: 60 },
  );
});

test('attributes of 64 KiB that are percent-encoded to three times their size survive real sockets', async (t) => {
  const { send } = await openEcho(t);
  const subject = '€'.repeat(21_000);
  const [back] = (await send(encodeBinary(makeEvent({ id: '1', source: '/s', type: 't', subject })))).events;
  assert.equal(back?.attributes.get('subject'), subject);
});
