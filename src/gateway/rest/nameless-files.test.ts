import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameFiles } from './nameless-files.ts';

const TYPE = 'multipart/form-data; charset=UTF-8; boundary="a+b"';
const body = (...parts: (string | Uint8Array)[]) =>
  Buffer.concat([...parts, '--a+b--\r\n'].map((part) => Buffer.from(part)));
const part = (head: string) => `--a+b\r\n${head}\r\n\r\n`;
const formOf = (bytes: Uint8Array) =>
  new Response(Buffer.from(bytes), { headers: { 'content-type': TYPE } }).formData();

test('a file without a name keeps its bytes', async () => {
  const bytes = Uint8Array.of(0, 255, 128, 13, 10, 65);
  const sent = body(
    part('Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream'),
    bytes,
    '\r\n',
    part('Content-Disposition: form-data; name="metadata"'),
    '{}\r\n',
  );
  const form = await formOf(nameFiles(sent, TYPE, ['file']));
  const file = form.get('file');
  assert.ok(file instanceof File);
  assert.equal(file.name, '');
  assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
  assert.equal(form.get('metadata'), '{}');
});

test('names that are there stay, and so do other parts and what only looks like a part', async () => {
  const named = body(part('Content-Disposition: form-data; name="file"; filename="x.txt"'), 'text\r\n');
  assert.equal(nameFiles(named, TYPE, ['file']), named);
  const inside = body(
    part('Content-Disposition: form-data; name="other"'),
    'see --a+b\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
  );
  assert.equal(nameFiles(inside, TYPE, ['file']), inside);
  assert.equal(nameFiles(named, 'multipart/form-data', ['file']), named);
});
