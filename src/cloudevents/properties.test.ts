import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AttributeValue, canonicalText } from './attributes.ts';
import { CloudEventError } from './errors.ts';
import { type CloudEvent, dataAsJsonText, makeEvent } from './event.ts';
import { decodeHttp, type EncodedMessage, encodeBatch, encodeBinary, encodeStructured } from './http.ts';
import { isJsonText } from './json.ts';
import { fromJsonText, toJsonText } from './json-format.ts';
import { decodeHeaderValue, encodeHeaderValue } from './percent.ts';
import { encodeUtf8 } from './utf8.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]/;

function isAllowed(text: string): boolean {
  return !FORBIDDEN.test(text) && [...text].every((char) => ((char.codePointAt(0) ?? 0) & 0xfffe) !== 0xfffe);
}

const text = fc.string({ unit: 'binary' }).filter(isAllowed);
const filled = text.filter((value) => value !== '');
const source = fc.oneof(
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.webPath().filter(Boolean),
);
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,12}$/),
  fc.constantFrom('constructor', 'tostring', 'valueof', 'length', 'correlationkey'),
);
const CORE = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'data',
]);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(text, fc.integer(), fc.boolean());
const extensions = fc.array(
  fc.tuple(
    name.filter((key) => !CORE.has(key)),
    value,
  ),
  { maxLength: 5 },
);
const contentType = fc.constantFrom(
  undefined,
  'application/json',
  'application/vnd.x+json; charset="utf-8"',
  'application/json; charset=utf-16',
  'text/plain',
  'text/plain; charset=iso-8859-1',
  'application/octet-stream',
);
const data = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array(),
  fc.json().map(encodeUtf8),
  fc.string({ unit: 'binary' }).map(encodeUtf8),
);
const event: fc.Arbitrary<CloudEvent> = fc
  .record({
    id: filled,
    source,
    type: filled,
    subject: fc.option(filled, { nil: undefined }),
    time: fc.constantFrom(undefined, '2030-01-31T12:00:00.5+02:00'),
    datacontenttype: contentType,
    dataschema: fc.constantFrom(undefined, 'urn:x:y'),
    extensions: extensions.map((entries) => new Map(entries)),
    data,
  })
  .map(makeEvent);

function onlyEvent(message: EncodedMessage): CloudEvent {
  const [decoded, ...others] = decodeHttp(message.headers, message.body).events;
  assert.ok(decoded !== undefined && others.length === 0);
  return decoded;
}

/** What must survive any way through JSON: all of it, but white space around data that is JSON itself. */
function content(of: CloudEvent): unknown {
  const { data } = of;
  return {
    attributes: new Map(of.attributes),
    data: data && (dataAsJsonText(of)?.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') ?? [...data]),
  };
}

/** What must survive headers: texts of attributes, and data unless empty. */
function binaryContent(of: CloudEvent): unknown {
  const attributes = new Map([...of.attributes].map(([key, item]) => [key, canonicalText(item)]));
  return { attributes, data: [...(of.data ?? [])] };
}

describe('properties', () => {
  test('a binary message gives back attributes and data', () => {
    fc.assert(
      fc.property(event, (any) =>
        assert.deepEqual(binaryContent(onlyEvent(encodeBinary(any))), binaryContent(any)),
      ),
    );
  });

  test('a structured message gives back attributes, their types, their order, and data', () => {
    fc.assert(
      fc.property(event, (any) => {
        const decoded = onlyEvent(encodeStructured(any));
        assert.deepEqual(content(decoded), content(any));
        assert.deepEqual([...decoded.attributes.keys()], [...any.attributes.keys()]);
      }),
    );
  });

  test('a batch gives back its events in order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 4 }), (events) => {
        const message = encodeBatch(events);
        assert.deepEqual(decodeHttp(message.headers, message.body).events.map(content), events.map(content));
      }),
    );
  });

  test('what came as JSON leaves as the same JSON text', () => {
    fc.assert(
      fc.property(event, (any) => {
        const json = toJsonText(any);
        assert.equal(toJsonText(fromJsonText(json)), json);
        assert.equal(typeof JSON.parse(json), 'object');
      }),
    );
  });

  test('the meaning of data as JSON is the same before and after JSON', () => {
    fc.assert(
      fc.property(event, (any) =>
        assert.equal(dataAsJsonText(fromJsonText(toJsonText(any))), dataAsJsonText(any)),
      ),
    );
  });

  test('header values survive, and are printable ASCII without blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const encoded = encodeHeaderValue(any);
        assert.match(encoded, /^[\x21-\x7e]*$/);
        assert.equal(decodeHeaderValue(encoded), any);
      }),
    );
  });

  test('the scanner accepts exactly what JSON.parse accepts', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', ']', '}', '0', '-', 'e', '.', ' ', '\n', 'x'),
      )
      .map(
        ([json, at, char]) =>
          json.slice(0, at % (json.length + 1)) + char + json.slice((at % (json.length + 1)) + 1),
      );
    const fragments = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ':',
          ',',
          '"a"',
          '1',
          '-0',
          '0.5',
          '1e+2',
          '01',
          'null',
          'true',
          '"\\u00',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken, fragments, fc.string()), (any) =>
        assert.equal(isJsonText(any), isParsable(any)),
      ),
      { numRuns: 2000 },
    );
  });

  test('whatever arrives, decoding gives events or a CloudEventError', () => {
    const headerName = fc.oneof(
      fc.constantFrom(
        'ce-id',
        'ce-source',
        'ce-type',
        'ce-specversion',
        'Ce-Time',
        'ce-',
        'content-type',
        'CE-ID',
        '__proto__',
      ),
      fc.string().map((any) => `ce-${any}`),
      fc.string(),
    );
    const headerValue = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '1.0',
        '/s',
        '%',
        '"',
        undefined,
        'application/cloudevents+json',
        'application/cloudevents-batch+json',
      ),
      fc.array(fc.string(), { maxLength: 2 }),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(encodeUtf8),
      event.map((any) => encodeStructured(any).body),
      fc.tuple(event, fc.nat(), fc.nat(255)).map(([any, at, byte]) => {
        const bytes = Uint8Array.from(encodeStructured(any).body);
        bytes[at % bytes.length] = byte;
        return bytes;
      }),
    );
    const mode = fc.constantFrom(
      {},
      { 'content-type': 'application/cloudevents+json' },
      { 'content-type': 'application/cloudevents-batch+json' },
    );
    fc.assert(
      fc.property(
        fc.dictionary(headerName, headerValue),
        mode,
        body,
        fc.boolean(),
        (headers, fixed, bytes, legacy) => {
          try {
            const { events } = decodeHttp({ ...headers, ...fixed }, bytes, { maxEvents: 10, legacy });
            for (const decoded of events) {
              assert.deepEqual(content(fromJsonText(toJsonText(decoded))), content(decoded));
              const message = encodeBinary(decoded);
              for (const header of Object.values(message.headers)) assert.match(header, /^[\t\x20-\x7e]*$/);
              if (decoded.dataForm !== 'json') {
                assert.deepEqual(binaryContent(onlyEvent(message)), binaryContent(decoded));
              }
            }
          } catch (error) {
            assert.ok(error instanceof CloudEventError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function isParsable(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
