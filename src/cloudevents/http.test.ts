import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_ATTRIBUTE_BYTES } from './attributes.ts';
import { CloudEventError, type CloudEventErrorCode } from './errors.ts';
import { attribute, type CloudEvent, dataAsJsonText, makeEvent } from './event.ts';
import {
  carriesEvents,
  type DecodeOptions,
  decodeHttp,
  encodeBatch,
  encodeBinary,
  encodeStructured,
  type HttpHeaders,
} from './http.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const REQUIRED = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };
const NONE = new Uint8Array(0);
const JSON_EVENT = '{"specversion":"1.0","id":"1","source":"/s","type":"t"}';

function decodeOne(
  headers: HttpHeaders,
  body: Uint8Array | string = NONE,
  options: DecodeOptions = {},
): CloudEvent {
  const { events } = decodeHttp(headers, typeof body === 'string' ? encodeUtf8(body) : body, options);
  const [event] = events;
  assert.ok(event !== undefined && events.length === 1);
  return event;
}

function refusal(
  headers: HttpHeaders,
  body: string | Uint8Array = '',
  options: DecodeOptions = {},
): CloudEventError {
  try {
    decodeHttp(headers, typeof body === 'string' ? encodeUtf8(body) : body, options);
  } catch (error) {
    assert.ok(error instanceof CloudEventError, String(error));
    return error;
  }
  assert.fail(`accepted ${JSON.stringify(headers)}`);
}

function assertRefused(
  headers: HttpHeaders,
  body: string,
  expected: { code: CloudEventErrorCode; attribute?: string; status?: number; index?: number },
): void {
  const error = refusal(headers, body);
  assert.deepEqual(
    { code: error.code, attribute: error.attribute, status: error.status, index: error.index },
    { attribute: undefined, status: 400, index: undefined, ...expected },
  );
}

describe('binary mode, decoding', () => {
  test('attributes come from ce- headers in any case, the data is the body', () => {
    const body = encodeUtf8('{"a":1}');
    const { mode, events } = decodeHttp(
      {
        host: 'x',
        'ce-specversion': '1.0',
        'Ce-Id': '1',
        'CE-SOURCE': '/s',
        'ce-type': 't',
        'Ce-CorrelationKey': 'k',
        'Content-Type': 'application/json; charset=UTF-8',
      },
      body,
    );
    assert.equal(mode, 'binary');
    const [event] = events;
    assert.ok(event);
    assert.deepEqual(Object.fromEntries(event.attributes), {
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 't',
      correlationkey: 'k',
      datacontenttype: 'application/json; charset=UTF-8',
    });
    assert.equal(event.data, body);
    assert.equal(dataAsJsonText(event), '{"a":1}');
  });

  test('each required attribute is missed by name', () => {
    for (const name of ['specversion', 'id', 'source', 'type']) {
      assertRefused({ ...REQUIRED, [`ce-${name}`]: undefined }, '', {
        code: 'missingAttribute',
        attribute: name,
      });
      assertRefused({ ...REQUIRED, [`ce-${name}`]: '' }, '', {
        code: name === 'specversion' ? 'unsupportedVersion' : 'invalidAttribute',
        attribute: name,
      });
    }
  });

  test('other versions are refused with the way to 1.0', () => {
    for (const version of ['0.3', '1.0.2', '1', '2.0']) {
      const error = refusal({ ...REQUIRED, 'ce-specversion': version });
      assert.deepEqual([error.code, error.status], ['unsupportedVersion', 400]);
      assert.match(error.rule, /schemaurl.*dataschema/);
    }
  });

  test('an empty body is no data, and nothing is invented', () => {
    const event = decodeOne(REQUIRED);
    assert.equal('data' in event, false);
    assert.deepEqual([...event.attributes.keys()], ['specversion', 'id', 'source', 'type']);
  });

  test('ce-datacontenttype, ce-data and names with other characters are refused', () => {
    assertRefused({ ...REQUIRED, 'ce-datacontenttype': 'a/b' }, '', {
      code: 'invalidAttribute',
      attribute: 'datacontenttype',
    });
    for (const name of ['data', 'a-b', 'data_base64', '', 'a\u212a']) {
      assertRefused({ ...REQUIRED, [`ce-${name}`]: 'x' }, '', { code: 'invalidAttribute', attribute: name });
    }
  });

  test('an attribute may occur once: as one header, in one case', () => {
    assert.equal(attribute(decodeOne({ ...REQUIRED, 'ce-subject': ['a'] }), 'subject'), 'a');
    const twice: HttpHeaders[] = [{ 'ce-subject': ['a', 'b'] }, { 'ce-subject': 'a', 'Ce-Subject': 'a' }];
    for (const headers of twice) {
      assertRefused({ ...REQUIRED, ...headers }, '', { code: 'duplicateAttribute', attribute: 'subject' });
    }
    assertRefused({ ...REQUIRED, 'content-type': ['a/b', 'a/b'] }, '', {
      code: 'duplicateAttribute',
      attribute: 'datacontenttype',
    });
  });

  test('a Content-Type that is no media type is refused', () => {
    for (const contentType of ['', 'json', 'a/b;c']) {
      assertRefused({ ...REQUIRED, 'content-type': contentType }, '', {
        code: 'invalidAttribute',
        attribute: 'datacontenttype',
      });
    }
  });

  test('header values that are no percent-encoded UTF-8 are refused', () => {
    for (const value of ['%C0%A0', '%ff', '50%', '%4', '%zz', '\u00ff']) {
      assertRefused({ ...REQUIRED, 'ce-subject': value }, '', {
        code: 'invalidEncoding',
        attribute: 'subject',
      });
    }
    assertRefused({ ...REQUIRED, 'ce-subject': 'a%0Ab' }, '', {
      code: 'invalidAttribute',
      attribute: 'subject',
    });
  });

  test('data is not looked at: any bytes pass', () => {
    const body = Uint8Array.of(0xff, 0x00, 0x7b);
    const event = decodeOne({ ...REQUIRED, 'content-type': 'application/json' }, body);
    assert.deepEqual(event.data, body);
    assert.equal(dataAsJsonText(event), undefined);
  });

  test('legacy senders: specversion missing or 0.3 is read as 1.0, loose percent signs stay', () => {
    const legacy = { legacy: true };
    const old = { 'Ce-Id': '1', 'Ce-Source': '/s', 'Ce-Type': 't', 'Ce-Subject': '50% off' };
    const event = decodeOne(old, '', legacy);
    assert.deepEqual([attribute(event, 'specversion'), attribute(event, 'subject')], ['1.0', '50% off']);
    assert.equal(attribute(decodeOne({ ...old, 'Ce-Specversion': '0.3' }, '', legacy), 'specversion'), '1.0');
    assert.equal(refusal({ ...old, 'Ce-Specversion': '2.0' }, '', legacy).code, 'unsupportedVersion');
    assert.equal(refusal({ ...old, 'Ce-Source': undefined }, '', legacy).code, 'missingAttribute');
  });

  test('JSON text inside a JSON string is not unwrapped', () => {
    const event = decodeOne({ ...REQUIRED, 'content-type': 'application/json' }, '"{\\"a\\":1}"');
    assert.equal(dataAsJsonText(event), '"{\\"a\\":1}"');
  });
});

describe('structured and batch mode, decoding', () => {
  test('the mode is told by the media type, whatever its case and parameters', () => {
    const structured = [
      'application/cloudevents+json',
      'application/cloudevents+json; charset=UTF-8',
      'application/cloudevents+json;charset="utf-8"',
      'Application/CloudEvents+JSON',
      ' application/cloudevents+json ; foo=bar',
    ];
    for (const contentType of structured) {
      assert.equal(decodeHttp({ 'content-type': contentType }, encodeUtf8(JSON_EVENT)).mode, 'structured');
    }
    const batch = { 'Content-Type': 'Application/CloudEvents-Batch+JSON; charset=utf-8' };
    assert.equal(decodeHttp(batch, encodeUtf8(`[${JSON_EVENT}]`)).mode, 'batch');
  });

  test('other formats and charsets are refused with 415', () => {
    const others = [
      'application/cloudevents',
      'application/cloudevents+avro',
      'application/cloudevents-batch+xml',
      'application/cloudevents+json; charset=utf-16',
      'application/cloudevents+json; charset=iso-8859-1',
      'application/cloudevents+json; charset',
    ];
    for (const contentType of others) {
      assertRefused({ 'content-type': contentType }, JSON_EVENT, {
        code: 'unsupportedMediaType',
        status: 415,
      });
    }
  });

  test('ce- headers of a structured message do not count', () => {
    const event = decodeOne(
      { ...REQUIRED, 'ce-id': '2', 'content-type': 'application/cloudevents+json' },
      JSON_EVENT,
    );
    assert.equal(attribute(event, 'id'), '1');
  });

  test('a byte order mark before the JSON text is skipped, other encodings are refused', () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    assert.ok(decodeOne(headers, `\ufeff${JSON_EVENT}`));
    assert.equal(refusal(headers, Uint8Array.of(0xff, 0xfe, 0x7b, 0)).code, 'invalidEncoding');
  });

  test('a batch may be empty, and one bad event refuses it with the index', () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    assert.deepEqual(decodeHttp(headers, encodeUtf8(' [ ] ')), { mode: 'batch', events: [] });
    assert.equal(decodeHttp(headers, encodeUtf8(`[${JSON_EVENT},${JSON_EVENT}]`)).events.length, 2);
    assertRefused(headers, `[${JSON_EVENT},{"specversion":"1.0","source":"/s","type":"t"}]`, {
      code: 'missingAttribute',
      attribute: 'id',
      index: 1,
    });
    assertRefused(headers, `[${JSON_EVENT},7]`, { code: 'invalidJson', index: 1 });
    for (const body of [JSON_EVENT, `[${JSON_EVENT}`, `[${JSON_EVENT},]`, `[${JSON_EVENT}]x`, '']) {
      assert.equal(refusal(headers, body).code, 'invalidJson');
    }
  });

  test('a batch with more events than allowed is refused with 413', () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const body = `[${JSON_EVENT},${JSON_EVENT}]`;
    assert.equal(decodeHttp(headers, encodeUtf8(body), { maxEvents: 2 }).events.length, 2);
    const error = refusal(headers, body, { maxEvents: 1 });
    assert.deepEqual([error.code, error.status], ['batchTooLarge', 413]);
  });
});

describe('size of attributes', () => {
  const room = MAX_ATTRIBUTE_BYTES - 'specversion1.0id1source/stypetsubject'.length;
  const structured = { 'content-type': 'application/cloudevents+json' };
  const withSubject = (subject: string) => JSON_EVENT.replace('}', `,"subject":"${subject}"}`);

  test('attributes of 64 KiB are accepted in each mode, whatever their characters', () => {
    const headers = { ...REQUIRED, 'ce-subject': 'x'.repeat(room) };
    assert.equal(attribute(decodeOne(headers), 'subject')?.length, room);
    const euros = '€'.repeat(Math.floor(room / 3));
    assert.equal(attribute(decodeOne(structured, withSubject(euros)), 'subject'), euros);
  });

  test('more than 64 KiB of attributes is refused with 413 and the remedy, data does not count', () => {
    assertRefused({ ...REQUIRED, 'ce-subject': 'x'.repeat(room + 1) }, '', {
      code: 'attributesTooLarge',
      status: 413,
    });
    const error = refusal(structured, withSubject('€'.repeat(Math.ceil((room + 1) / 3))));
    assert.equal(error.code, 'attributesTooLarge');
    assert.match(error.rule, /at most 65536 .* move what is long to data/);
    assertRefused(
      { 'content-type': 'application/cloudevents-batch+json' },
      `[${withSubject('x'.repeat(room + 1))}]`,
      {
        code: 'attributesTooLarge',
        status: 413,
        index: 0,
      },
    );
    assert.ok(decodeOne(REQUIRED, 'x'.repeat(10 * MAX_ATTRIBUTE_BYTES)));
  });

  test('thousands of attributes are kept, each of them', () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`ce-x${at}`, String(at)]));
    const event = decodeOne({ ...REQUIRED, ...many });
    assert.equal(event.attributes.size, 3004);
    assert.equal(attribute(event, 'x2999'), '2999');
  });
});

describe('encoding', () => {
  const event = makeEvent({
    id: '1',
    source: '/s',
    type: 't',
    subject: 'Euro € 😀',
    datacontenttype: 'text/plain',
    extensions: { n: 5, yes: true, empty: '' },
    data: encodeUtf8('hi "you"'),
  });

  test('binary mode writes canonical, percent-encoded headers', () => {
    const { headers, body } = encodeBinary(event);
    assert.deepEqual(headers, {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/s',
      'ce-type': 't',
      'ce-subject': 'Euro%20%E2%82%AC%20%F0%9F%98%80',
      'ce-n': '5',
      'ce-yes': 'true',
      'ce-empty': '',
      'content-type': 'text/plain',
    });
    assert.equal(decodeUtf8(body), 'hi "you"');
  });

  test('an event without data has an empty body and no Content-Type', () => {
    const { headers, body } = encodeBinary(makeEvent({ id: '1', source: '/s', type: 't' }));
    assert.equal(headers['content-type'], undefined);
    assert.equal(body.length, 0);
  });

  test('implied JSON is stated when a structured event leaves in binary mode', () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const passing = decodeOne(headers, JSON_EVENT.replace('}', ',"data":{"a": 1}}'));
    assert.equal(attribute(passing, 'datacontenttype'), undefined);
    const message = encodeBinary(passing);
    assert.equal(message.headers['content-type'], 'application/json');
    assert.equal(decodeUtf8(message.body), '{"a": 1}');
    assert.equal(decodeUtf8(encodeStructured(passing).body)?.includes('datacontenttype'), false);
  });

  test('base64 data without content type stays without one', () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const passing = decodeOne(headers, JSON_EVENT.replace('}', ',"data_base64":"e30="}'));
    assert.equal(dataAsJsonText(passing), undefined);
    assert.equal(encodeBinary(passing).headers['content-type'], undefined);
    assert.match(decodeUtf8(encodeStructured(passing).body) ?? '', /"data_base64":"e30="/);
  });

  test('structured and batch messages state their media types', () => {
    assert.deepEqual(encodeStructured(event).headers, { 'content-type': 'application/cloudevents+json' });
    const batch = encodeBatch([event, event]);
    assert.deepEqual(batch.headers, { 'content-type': 'application/cloudevents-batch+json' });
    assert.equal(decodeHttp(batch.headers, batch.body).events.length, 2);
    assert.equal(decodeUtf8(encodeBatch([]).body), '[]');
  });

  test('an answer is known to carry events by its headers', () => {
    assert.equal(carriesEvents({ 'Ce-Specversion': '1.0' }), true);
    assert.equal(carriesEvents({ 'content-type': 'application/CloudEvents+json' }), true);
    assert.equal(carriesEvents({ 'content-type': 'application/json' }), false);
    assert.equal(carriesEvents({}), false);
  });
});
