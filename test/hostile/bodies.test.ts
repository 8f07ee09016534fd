import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATCH, binary, eventText, openTarget, STRUCTURED } from '../support/hostile.ts';

const MIB = 1024 * 1024;

test('a million attributes are refused before they are all read', async (t) => {
  const { post } = await openTarget(t, { maxEventBytes: 32 * MIB });
  const members = Array.from({ length: 1_000_000 }, (_, at) => `"x${at}":1`).join(',');
  const start = performance.now();
  const answer = await post(STRUCTURED, eventText(members));
  assert.equal(answer.status, 413);
  assert.equal(answer.json.code, 'attributesTooLarge');
  assert.match(answer.json.detail, /at most 65536 are accepted; move what is long to data/);
  assert.ok(performance.now() - start < 3000);
});

test('nesting a million levels deep is refused, as data, as attribute and in a batch', async (t) => {
  const { post } = await openTarget(t, { maxEventBytes: 32 * MIB });
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `${open.repeat(1_000_000)}1${close.repeat(1_000_000)}`;
    for (const [headers, body] of [
      [STRUCTURED, eventText(`"data":${deep}`)],
      [STRUCTURED, eventText(`"x":${deep}`)],
      [STRUCTURED, deep],
      [BATCH, `[${eventText(`"data":${deep}`)}]`],
      [BATCH, deep],
    ] as const) {
      const answer = await post(headers, body);
      assert.equal(answer.status, 400);
      assert.match(answer.json.code, /^invalid(Json|Attribute)$/);
    }
    // In binary mode data are bytes, which nobody reads yet.
    const opaque = await post(
      binary({ 'ce-id': open, 'content-type': 'application/json' }),
      deep.slice(0, MIB),
    );
    assert.equal(opaque.status, 202);
  }
});

test('huge numbers are refused in attributes and kept to the digit in data', async (t) => {
  const { post, get } = await openTarget(t);
  for (const number of ['1e400', '2147483648', '-2147483649', '1.0', '9'.repeat(100_000)]) {
    const answer = await post(STRUCTURED, eventText(`"x":${number}`));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.attribute, 'x');
  }
  const numbers = `[1e400,-0,12345678901234567890.10,${'7'.repeat(100_000)}]`;
  assert.equal((await post(STRUCTURED, eventText(`"data":${numbers}`))).status, 202);
  assert.ok((await get('/api/events/1')).text.includes(`"data":${numbers}`));
});

test('members that occur twice are refused in the event and kept in its data', async (t) => {
  const { post, get } = await openTarget(t);
  for (const [members, attribute] of [
    ['"id":"2"', 'id'],
    ['"i\\u0064":"2"', 'id'],
    ['"x":null,"x":1', 'x'],
    ['"data":1,"data":2', 'data'],
    ['"data_base64":"","data_base64":""', 'data_base64'],
  ] as const) {
    const answer = await post(STRUCTURED, eventText(members));
    assert.deepEqual(
      [answer.status, answer.json.code, answer.json.attribute],
      [400, 'duplicateAttribute', attribute],
    );
  }
  assert.equal((await post(STRUCTURED, eventText('"data":{"a":1,"a":2}'))).status, 202);
  assert.ok((await get('/api/events/1')).text.includes('"data":{"a":1,"a":2}'));
});

test('bytes that are no UTF-8 are refused where text must be, and kept as data of binary mode', async (t) => {
  const { post, get } = await openTarget(t);
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  for (const bad of ['\xff', '\xc0\xa0', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x82']) {
    for (const members of [`"x":"${bad}"`, `"data":"${bad}"`]) {
      const answer = await post(STRUCTURED, bytes(eventText(members)));
      assert.deepEqual([answer.status, answer.json.code], [400, 'invalidEncoding']);
    }
    const header = await post(
      binary({ 'ce-x': [...bad].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('') }),
    );
    assert.deepEqual([header.status, header.json.attribute], [400, 'x']);
  }
  const utf16 = Buffer.from(`\ufeff${eventText()}`, 'utf16le');
  assert.equal((await post(STRUCTURED, utf16)).status, 400);
  const data = bytes('\xff\xfe{\x00');
  assert.equal((await post(binary({ 'content-type': 'application/json' }), data)).status, 202);
  assert.equal((await get('/api/events/1')).json.event.data_base64, data.toString('base64'));
});

test('halves of surrogate pairs are refused in attributes and kept as escapes in JSON data', async (t) => {
  const { post, get } = await openTarget(t);
  for (const half of ['\\ud800', '\\udc00', 'a\\ud83d!', '\\udc00\\ud800']) {
    const answer = await post(STRUCTURED, eventText(`"x":"${half}"`));
    assert.deepEqual([answer.status, answer.json.attribute], [400, 'x']);
  }
  assert.equal((await post(STRUCTURED, eventText('"x":"\\ud83d\\ude00","data":"\\ud800"'))).status, 202);
  const { text, json } = await get('/api/events/1');
  assert.equal(json.event.x, '😀');
  assert.ok(text.includes('"data":"\\ud800"'));
});

test('names of the language are names like any other: refused as attributes if they break the rules, harmless as data', async (t) => {
  const { post, get } = await openTarget(t);
  const pollute = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  for (const headers of [binary({ 'ce-__proto__': 'x' }), STRUCTURED]) {
    const answer = await post(headers, headers === STRUCTURED ? eventText(`"__proto__":{"polluted":1}`) : '');
    assert.deepEqual([answer.status, answer.json.attribute], [400, '__proto__']);
  }
  const strange = { 'ce-constructor': 'c', 'ce-tostring': 't', __proto__x: 'y', constructor: 'z' };
  const headers = { ...binary(strange), 'content-type': 'application/json' };
  assert.equal((await post(headers, pollute)).status, 202);
  const { text, json } = await get('/api/events/1');
  assert.deepEqual([json.event.constructor, json.event.tostring], ['c', 't']);
  assert.ok(text.includes(pollute));
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('strings of 4 MiB are refused as attributes and accepted as data', async (t) => {
  const { post } = await openTarget(t, { maxEventBytes: 8 * MIB });
  const long = 'x'.repeat(4 * MIB);
  for (const member of [`"subject":"${long}"`, `"x":"${long}"`, `"${long}":1`]) {
    const answer = await post(STRUCTURED, eventText(member));
    assert.deepEqual([answer.status, answer.json.code], [413, 'attributesTooLarge']);
    assert.ok(answer.text.length < 1000, 'the answer does not repeat it');
  }
  assert.equal((await post(STRUCTURED, eventText(`"data":"${long}"`))).status, 202);
  assert.equal((await post(binary({ 'ce-id': '2' }), long)).status, 202);
});

test('a batch of a million empty objects is refused at the first, and one with too many events by their number', async (t) => {
  const { post, stored } = await openTarget(t);
  const empty = await post(BATCH, `[${'{},'.repeat(999_999)}{}]`);
  assert.deepEqual([empty.status, empty.json.index, empty.json.attribute], [400, 0, 'specversion']);
  const many = Array.from({ length: 20_000 }, (_, at) => eventText('', String(at)));
  const answer = await post(BATCH, `[${many.join(',')}]`);
  assert.deepEqual([answer.status, answer.json.code], [413, 'batchTooLarge']);
  assert.deepEqual(await stored(), []);
});
