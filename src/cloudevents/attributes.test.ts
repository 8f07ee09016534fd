import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloudEventError, type CloudEventErrorCode } from './errors.ts';
import { attribute, type EventInput, idOf, makeEvent, sourceOf, subjectOf, timeOf, typeOf } from './event.ts';

const MINIMAL = { id: '1', source: '/tickets', type: 'Tickets.Reserved' };

function refused(change: Partial<EventInput>, code: CloudEventErrorCode, name: string): void {
  assert.throws(
    () => makeEvent({ ...MINIMAL, ...change }),
    (error) => {
      assert.ok(error instanceof CloudEventError);
      assert.deepEqual([error.code, error.attribute], [code, name]);
      assert.ok(error.message.includes(name) && error.rule.length > 10);
      return true;
    },
  );
}

function accepted(change: Partial<EventInput>): void {
  assert.ok(makeEvent({ ...MINIMAL, ...change }));
}

describe('attributes of an event', () => {
  test('a minimal event has the four required attributes and nothing invented', () => {
    const event = makeEvent(MINIMAL);
    assert.deepEqual(
      [...event.attributes],
      [
        ['specversion', '1.0'],
        ['id', '1'],
        ['source', '/tickets'],
        ['type', 'Tickets.Reserved'],
      ],
    );
    assert.equal(event.data, undefined);
    assert.deepEqual([idOf(event), sourceOf(event), typeOf(event)], ['1', '/tickets', 'Tickets.Reserved']);
    assert.deepEqual([subjectOf(event), timeOf(event)], [undefined, undefined]);
  });

  test('id, source, type, subject and dataschema must not be empty', () => {
    for (const name of ['id', 'source', 'type', 'subject', 'time', 'dataschema', 'datacontenttype']) {
      refused({ [name]: '' }, 'invalidAttribute', name);
    }
  });

  test('extensions keep their type and may be empty strings', () => {
    const event = makeEvent({
      ...MINIMAL,
      extensions: { constructor: 'x', n: -2147483648, yes: true, empty: '' },
    });
    assert.equal(event.attributes.get('n'), -2147483648);
    assert.equal(event.attributes.get('yes'), true);
    assert.equal(attribute(event, 'n'), '-2147483648');
    assert.equal(attribute(event, 'yes'), 'true');
    assert.equal(attribute(event, 'empty'), '');
    assert.equal(attribute(event, 'constructor'), 'x');
    assert.equal(attribute(event, 'tostring'), undefined);
  });

  test('extensions may be given as a Map', () => {
    assert.equal(attribute(makeEvent({ ...MINIMAL, extensions: new Map([['a', 'b']]) }), 'a'), 'b');
  });

  test('names are lower-case letters and digits, and not data', () => {
    for (const name of ['CorrelationKey', 'a-b', 'a_b', 'ä', 'data', '', 'a b', '__proto__']) {
      refused({ extensions: new Map([[name, 'x']]) }, 'invalidAttribute', name);
    }
    accepted({ extensions: { '1a': 'x', averylongnameofmorethantwentycharacters: 'x' } });
  });

  test('an attribute cannot be given as a member and as an extension', () => {
    refused({ extensions: { id: '2' } }, 'duplicateAttribute', 'id');
    refused({ extensions: { specversion: '1.0' } }, 'duplicateAttribute', 'specversion');
  });

  test('integers are 32 bits, signed, without fraction', () => {
    accepted({ extensions: { n: 2147483647 } });
    for (const n of [2147483648, -2147483649, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused({ extensions: { n } }, 'invalidAttribute', 'n');
    }
  });

  test('strings hold no control characters, noncharacters or halves of surrogate pairs', () => {
    for (const text of [
      'a\nb',
      '\u0000',
      'a\u007f',
      'a\u0085',
      '\ufdd0',
      '\uffff',
      '\u{1ffff}',
      '\ud83d',
      '\udc00a',
    ]) {
      refused({ subject: text }, 'invalidAttribute', 'subject');
    }
    accepted({ subject: 'Ärger € 😀 \u{2f800} \ufffd' });
  });
});

describe('source and dataschema', () => {
  test('the source is a URI-reference', () => {
    const good = [
      '/website',
      'tickets',
      'https://example.com/a?b=c#d',
      'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
      'mailto:a@example.com',
      '//host/path',
      'http://[::1]:8080/x',
      'http://user:pw@host:1/',
      './a:b',
      '/a%20b',
      '#f',
      '?q',
      'zeebe.default.svc.cluster.local',
    ];
    for (const source of good) accepted({ source });
    const bad = [
      'a b',
      '/ä',
      '/%',
      '/%2',
      '/%zz',
      '1:2',
      ':x',
      '/a[b]',
      'http://[::1',
      'http://a:b/c',
      '#a#b',
      'a\\b',
      '<x>',
      '"x"',
    ];
    for (const source of bad) refused({ source }, 'invalidAttribute', 'source');
  });

  test('the dataschema is a URI with a scheme', () => {
    accepted({ dataschema: 'https://example.com/schema.json' });
    accepted({ dataschema: 'urn:x:y' });
    for (const dataschema of ['/schema', 'schema', '//host/x', 'http://a b']) {
      refused({ dataschema }, 'invalidAttribute', 'dataschema');
    }
  });
});

describe('time and datacontenttype', () => {
  test('the time is an RFC 3339 timestamp of a day that exists', () => {
    const good = [
      '2018-04-05T17:31:00Z',
      '2018-04-05t17:31:00.123456789z',
      '2024-02-29T00:00:00+14:00',
      '2000-02-29T00:00:00-00:00',
      '1990-12-31T23:59:60Z',
    ];
    for (const time of good) accepted({ time });
    const bad = [
      'not-a-time',
      '2018-04-05',
      '2018-04-05 17:31:00Z',
      '2018-04-05T17:31:00',
      '2018-04-05T17:31Z',
      '2018-13-05T17:31:00Z',
      '2018-00-05T17:31:00Z',
      '2018-04-31T17:31:00Z',
      '2023-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2018-04-05T24:00:00Z',
      '2018-04-05T17:60:00Z',
      '2018-04-05T17:31:61Z',
      '2018-04-05T17:31:00.Z',
      '2018-04-05T17:31:00+24:00',
      '2018-04-05T17:31:00+0100',
      '1522949460',
    ];
    for (const time of bad) refused({ time }, 'invalidAttribute', 'time');
  });

  test('the datacontenttype is a media type', () => {
    const good = [
      'application/json',
      'text/plain;charset=utf-8',
      'a/b ; c="d;e\\"" ; f=g;',
      'application/vnd.x+json',
    ];
    for (const datacontenttype of good) accepted({ datacontenttype });
    const bad = [
      'json',
      'a/',
      '/b',
      'a/b c',
      'a/b;c',
      'a/b;c=',
      'a/b;c="d',
      'a/b;c=d;c=e',
      'a b/c',
      'a/b, c/d',
      ' a/b',
      'a/b ',
      'a/b;c="ä"',
      'a/b\u00a0',
    ];
    for (const datacontenttype of bad) refused({ datacontenttype }, 'invalidAttribute', 'datacontenttype');
  });
});
