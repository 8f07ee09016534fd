import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloudEventError, type CloudEventErrorCode } from './errors.ts';
import { contentTypeOf, dataAsJsonText, makeEvent } from './event.ts';
import { MAX_JSON_DEPTH } from './json.ts';
import { fromJsonText, toJsonText } from './json-format.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const HEAD = '"specversion":"1.0","id":"1","source":"/s","type":"t"';

function withMembers(members: string): string {
  return `{${HEAD},${members}}`;
}

function refused(text: string, code: CloudEventErrorCode, attribute?: string): void {
  assert.throws(
    () => fromJsonText(text),
    (error) => {
      assert.ok(error instanceof CloudEventError, String(error));
      assert.deepEqual([error.code, error.attribute], [code, attribute], text.slice(0, 200));
      return true;
    },
  );
}

describe('JSON format, attributes', () => {
  test('types and order are kept, so that an event leaves as it came', () => {
    for (const members of [
      '"n":-5,"yes":true,"no":false,"text":"5","empty":""',
      '"constructor":"x","tostring":1',
    ]) {
      assert.equal(toJsonText(fromJsonText(withMembers(members))), withMembers(members));
    }
  });

  test('white space and escapes are read', () => {
    const event = fromJsonText(`\t{\r\n ${HEAD} ,"s\\u0075bject" : "\\ud83d\\ude00\\/" }\n`);
    assert.equal(event.attributes.get('subject'), '😀/');
  });

  test('null is not set', () => {
    const event = fromJsonText(withMembers('"subject":null,"x":null'));
    assert.equal(event.attributes.size, 4);
    refused('{"specversion":"1.0","id":null,"source":"/s","type":"t"}', 'missingAttribute', 'id');
  });

  test('objects and arrays are refused', () => {
    refused(withMembers('"x":{}'), 'invalidAttribute', 'x');
    refused(withMembers('"x":[1]'), 'invalidAttribute', 'x');
  });

  test('numbers are 32-bit integers without fraction or exponent', () => {
    assert.equal(fromJsonText(withMembers('"n":-0')).attributes.get('n'), 0);
    assert.equal(fromJsonText(withMembers('"n":2147483647')).attributes.get('n'), 2147483647);
    for (const n of ['1.0', '1e2', '2147483648', '-2147483649', '4294967297', '10000000000000000000000']) {
      refused(withMembers(`"n":${n}`), 'invalidAttribute', 'n');
    }
  });

  test('core attributes are strings', () => {
    refused('{"specversion":1.0,"id":"1","source":"/s","type":"t"}', 'invalidAttribute', 'specversion');
    refused('{"specversion":1,"id":"1","source":"/s","type":"t"}', 'unsupportedVersion', 'specversion');
    refused('{"specversion":"1.0","id":1,"source":"/s","type":"t"}', 'invalidAttribute', 'id');
    refused(withMembers('"time":0'), 'invalidAttribute', 'time');
    refused(withMembers('"subject":true'), 'invalidAttribute', 'subject');
    refused(withMembers('"datacontenttype":1'), 'invalidAttribute', 'datacontenttype');
  });

  test('upper case in a name is refused', () => {
    refused(withMembers('"CorrelationKey":"x"'), 'invalidAttribute', 'CorrelationKey');
    refused(withMembers('"__proto__":"x"'), 'invalidAttribute', '__proto__');
  });

  test('members occur once, also when null or written with escapes', () => {
    refused(withMembers('"id":"1"'), 'duplicateAttribute', 'id');
    refused(withMembers('"\\u0069d":"1"'), 'duplicateAttribute', 'id');
    refused(withMembers('"id":null'), 'duplicateAttribute', 'id');
    refused(withMembers('"x":null,"x":"1"'), 'duplicateAttribute', 'x');
    refused(withMembers('"x":null,"x":null'), 'duplicateAttribute', 'x');
    refused(withMembers('"data":1,"data":1'), 'duplicateAttribute', 'data');
    refused(withMembers('"data_base64":"","data_base64":null'), 'duplicateAttribute', 'data_base64');
  });

  test('text that is no JSON object is refused', () => {
    for (const text of [
      '',
      ' ',
      '[]',
      '"x"',
      'null',
      '{',
      '{}}',
      `{${HEAD}`,
      `{${HEAD},}`,
      `{${HEAD}} x`,
      `{'a':1}`,
    ]) {
      assert.throws(() => fromJsonText(text), CloudEventError, text);
    }
    refused(`{${HEAD}`, 'invalidJson');
    refused(`{${HEAD}}{}`, 'invalidJson');
    refused('[{}]', 'invalidJson');
  });
});

describe('JSON format, data', () => {
  test('JSON data is kept as its exact text', () => {
    const sources = [
      '{ "big" : 12345678901234567890.10, "a":1, "a":2 }',
      'null',
      '0',
      'false',
      '"{\\"a\\":1}"',
      '"\\ud800"',
      '[1 ,2]',
    ];
    for (const source of sources) {
      for (const type of [
        '',
        '"datacontenttype":"application/json",',
        '"datacontenttype":"Text/X+JSON; charset=utf-8",',
      ]) {
        const text = withMembers(`${type}"data":${source}`);
        const event = fromJsonText(text);
        assert.equal(decodeUtf8(event.data ?? new Uint8Array()), source);
        assert.equal(dataAsJsonText(event), source);
        assert.equal(toJsonText(event), text);
      }
    }
  });

  test('data may stand before the content type that explains it', () => {
    const event = fromJsonText(`{"data":"a\\nb",${HEAD},"datacontenttype":"text/plain"}`);
    assert.equal(decodeUtf8(event.data ?? new Uint8Array()), 'a\nb');
  });

  test('no data, data null and empty data are three things', () => {
    assert.equal(fromJsonText(`{${HEAD}}`).data, undefined);
    assert.deepEqual(fromJsonText(withMembers('"data":null')).data, encodeUtf8('null'));
    assert.equal(fromJsonText(withMembers('"data_base64":""')).data?.length, 0);
    assert.equal(fromJsonText(withMembers('"data_base64":null')).data, undefined);
  });

  test('without datacontenttype data is JSON, but base64 data is not', () => {
    assert.equal(contentTypeOf(fromJsonText(withMembers('"data":1'))), 'application/json');
    assert.equal(contentTypeOf(fromJsonText(withMembers('"data_base64":"MQ=="'))), undefined);
  });

  test('base64 data of a JSON content type is JSON if it is valid', () => {
    const type = '"datacontenttype":"application/json"';
    assert.equal(dataAsJsonText(fromJsonText(withMembers(`${type},"data_base64":"e30="`))), '{}');
    assert.equal(dataAsJsonText(fromJsonText(withMembers(`${type},"data_base64":"ew=="`))), undefined);
  });

  test('text data is the string, for other content types', () => {
    const text = withMembers('"datacontenttype":"application/xml","data":"<much wow=\\"xml\\"/>"');
    const event = fromJsonText(text);
    assert.equal(decodeUtf8(event.data ?? new Uint8Array()), '<much wow="xml"/>');
    assert.equal(dataAsJsonText(event), undefined);
    assert.equal(toJsonText(event), text);
    for (const data of ['{}', '1', 'null']) {
      refused(withMembers(`"datacontenttype":"text/plain","data":${data}`), 'invalidData');
    }
    refused(withMembers('"datacontenttype":"text/plain","data":"\\ud800"'), 'invalidData');
  });

  test('a charset other than UTF-8 needs data_base64', () => {
    for (const type of ['application/json; charset=utf-16', 'text/plain; charset=iso-8859-1']) {
      refused(withMembers(`"datacontenttype":"${type}","data":"x"`), 'invalidData', 'datacontenttype');
      const base64 = withMembers(`"datacontenttype":"${type}","data_base64":"5A=="`);
      assert.equal(toJsonText(fromJsonText(base64)), base64);
    }
  });

  test('base64 is strict and excludes data', () => {
    assert.deepEqual(fromJsonText(withMembers('"data_base64":"AQID"')).data, Uint8Array.of(1, 2, 3));
    for (const bad of [
      '"AQI"',
      '"A"',
      '"AQID\\n"',
      '"AQ ID"',
      '"AQ-_"',
      '"AR=="',
      '"=AQ="',
      '"AQID="',
      '{}',
      '1',
    ]) {
      refused(withMembers(`"data_base64":${bad}`), 'invalidData');
    }
    refused(withMembers('"data":1,"data_base64":"AQID"'), 'invalidData');
  });

  test('deep nesting is refused with an error, not a stack overflow', () => {
    const nested = (depth: number): string => withMembers(`"data":${'['.repeat(depth)}${']'.repeat(depth)}`);
    assert.ok(fromJsonText(nested(MAX_JSON_DEPTH)));
    refused(nested(MAX_JSON_DEPTH + 1), 'invalidJson');
    refused(withMembers(`"data":${'{"a":'.repeat(200_000)}`), 'invalidJson');
    refused(withMembers(`"x":${'['.repeat(200_000)}`), 'invalidAttribute', 'x');
  });
});

describe('JSON format, writing data that came otherwise', () => {
  const write = (datacontenttype: string | undefined, data: Uint8Array): string =>
    toJsonText(makeEvent({ id: '1', source: '/s', type: 't', datacontenttype, data })).replace(
      /^.*?"type":"t",?/,
      '',
    );

  test('JSON data keeps its text but for white space around it, which the format cannot tell from its own', () => {
    const written = write('application/json', encodeUtf8(' { "a" : 1.50 }\n'));
    assert.deepEqual(fromJsonText(`{${HEAD},${written}`).data, encodeUtf8('{ "a" : 1.50 }'));
  });

  test('JSON that is valid is a value, else base64', () => {
    assert.equal(
      write('application/json', encodeUtf8('{"a": 1e400}')),
      '"datacontenttype":"application/json","data":{"a": 1e400}}',
    );
    assert.match(write('application/json', encodeUtf8('{a:1}')), /"data_base64":"/);
    assert.match(write('application/json', encodeUtf8('\ufeff{}')), /"data_base64":"/);
    assert.match(write('application/json; charset=utf-16', encodeUtf8('{}')), /"data_base64":"/);
  });

  test('text in UTF-8 is a string, all else base64', () => {
    assert.match(write('text/plain', encodeUtf8('a"b\n')), /"data":"a\\"b\\n"/);
    assert.match(write('text/plain', Uint8Array.of(0xff)), /"data_base64":"\/w=="/);
    assert.match(write('application/octet-stream', encodeUtf8('abc')), /"data_base64":"YWJj"/);
    assert.equal(write(undefined, encodeUtf8('abc')), '"data_base64":"YWJj"}');
  });
});
