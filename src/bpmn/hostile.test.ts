import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBpmn } from './index.ts';
import { END, flow, model, START } from './testing-models.ts';

const GOOD = model(`${START}${END}${flow('start', 'end')}`);

async function problemOf(xml: string): Promise<string> {
  const parsed = await parseBpmn('m.bpmn', xml);
  return parsed.ok ? 'accepted' : parsed.problems;
}

test('a byte order mark is skipped', async () => {
  assert.equal(await problemOf(`\uFEFF${GOOD}`), 'accepted');
});

test('text that is not XML, not closed or not BPMN is refused in one line', async () => {
  for (const xml of [
    '',
    '   ',
    'hello',
    '{"a":1}',
    '<html></html>',
    GOOD.slice(0, -30),
    GOOD.replace('</bpmn:process>', ''),
  ]) {
    const problem = await problemOf(xml);
    assert.match(
      problem,
      /^'m\.bpmn': (Fatal )?Error: URI=null Line=\d+: \S[^\n]*$/,
      JSON.stringify(xml.slice(0, 60)),
    );
  }
});

test('UTF-16 that was read as UTF-8 is named as what it is', async () => {
  const bytes = Buffer.from(GOOD.replace('UTF-8', 'UTF-16'), 'utf16le');
  assert.match(await problemOf(bytes.toString('utf8')), /not UTF-8 text; save it with the encoding UTF-8$/);
});

test('a declared encoding does not matter once the text is decoded', async () => {
  assert.equal(await problemOf(GOOD.replace('UTF-8', 'ISO-8859-1')), 'accepted');
});

test('entities are not expanded: a DOCTYPE is refused', async () => {
  const bomb = GOOD.replace(
    '<bpmn:definitions',
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><bpmn:definitions',
  );
  assert.match(await problemOf(bomb), /DOCTYPE is disallowed/);
});

test('a file of ten megabytes is refused with its size', async () => {
  const xml = GOOD.replace('<bpmn:process', `<!--${'x'.repeat(10_000_000)}--><bpmn:process`);
  assert.match(
    await problemOf(xml),
    /^'m\.bpmn': The file has 10\d{6} characters; at most 4194304 are allowed$/,
  );
});

test('elements nested a hundred thousand deep are refused', async () => {
  const deep = '<bpmn:subProcess>'.repeat(100_000);
  assert.match(await problemOf(model(deep)), /nested more than 200 deep/);
});

test('tags that never end cost time linear to the length', { timeout: 10_000 }, async () => {
  for (const piece of ['<a "', '<!--', '<![CDATA[', '<?', "<a b='"]) {
    assert.match(await problemOf(GOOD.replace('</bpmn:process>', piece.repeat(200_000))), /Fatal Error/);
  }
});

test('flows and boundary events that hang on what is no node are refused', async () => {
  const content = `${START}${END}${flow('start', 'end')}`;
  assert.equal(
    await problemOf(model(`${content}<bpmn:sequenceFlow id="loose" sourceRef="start" />`)),
    "'m.bpmn': Error: URI=null Line=3: cvc-complex-type.4: Attribute 'targetRef' must appear on element 'bpmn:sequenceFlow'.",
  );
  assert.equal(
    await problemOf(
      model(`${content}<bpmn:sequenceFlow targetRef="start-end" sourceRef="start" id="odd" />`),
    ),
    "'m.bpmn': - Element: odd\n    - ERROR: SequenceFlow has targetRef 'start-end' which cannot be resolved\n",
  );
  const onAnEvent =
    '<bpmn:boundaryEvent id="b" attachedToRef="start"><bpmn:errorEventDefinition /></bpmn:boundaryEvent>';
  assert.match(await problemOf(model(content + onAnEvent)), /StartEventImpl cannot be cast to class/);
});

test('processes and flow elements without an id are refused', async () => {
  const noId =
    /^'m\.bpmn': Cannot invoke "String\.getBytes\(java\.nio\.charset\.Charset\)" because "value" is null$/;
  assert.match(await problemOf(model(`${START}<bpmn:task />`)), noId);
  assert.match(await problemOf(GOOD.replace(' id="p"', '')), noId);
});

test('ids are names of XML in all scripts, and what is none is told as such', async () => {
  const flow = (id: string) =>
    GOOD.replace(
      '</bpmn:process>',
      `<bpmn:sequenceFlow id="${id}" name="_u66_ ${id}" sourceRef="start" targetRef="end"/></bpmn:process>`,
    );
  for (const id of ['größe', '日本', 'a·b', 'a.b-c_d', '_1', 'é'])
    assert.equal(await problemOf(flow(id)), 'accepted', id);
  for (const id of ['1a', '-a', 'a b', '·a'])
    assert.match(
      await problemOf(flow(id)),
      new RegExp(
        `^'m\\.bpmn': Error: URI=null Line=\\d+: cvc-datatype-valid\\.1\\.2\\.1: '${id}' is not a valid value for 'NCName'\\.$`,
      ),
    );
});
