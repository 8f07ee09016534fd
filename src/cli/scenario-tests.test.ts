import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, folderOf } from './cli.test-helper.ts';

const model = (
  job: string,
) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <process id="refund" isExecutable="true"><startEvent id="s"><outgoing>f</outgoing></startEvent>
  <sequenceFlow id="f" sourceRef="s" targetRef="t"/>
  <serviceTask id="t"><extensionElements><zeebe:taskDefinition type="${job}"/></extensionElements><incoming>f</incoming><outgoing>g</outgoing></serviceTask>
  <sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"><incoming>g</incoming></endEvent></process></definitions>`;

const STEPS = [
  { deploy: ['refund.bpmn'] },
  { create: { bpmnProcessId: 'refund', variables: { amount: 3 } }, as: 'one' },
  { activate: { type: 'pay-back' }, as: 'job' },
  { complete: 'job', variables: { done: true } },
];

describe('tutti test', () => {
  function folder(t: Parameters<typeof folderOf>[0], steps: unknown = STEPS) {
    const tests = folderOf(t);
    const place = join(tests, 'refund', 'pays-back');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'refund.bpmn'), model('pay-back'));
    writeFileSync(join(place, 'scenario.json'), JSON.stringify({ title: 'pays back', steps }));
    return { tests, place };
  }

  it('writes down what happens, and tells when it changes', async (t) => {
    const { tests, place } = folder(t);
    const first = await cli('test', tests);
    assert.equal(first.code, 1);
    assert.match(
      first.out,
      /^failed {2}refund\/pays-back: pays back\n {2}It has no expected\.json; --update writes/,
    );
    const written = await cli('test', tests, '--update');
    assert.equal(written.out, 'written refund/pays-back: pays back\n0 passed, 0 failed, 1 written');
    const text = readFileSync(join(place, 'expected.json'), 'utf8');
    assert.match(text, /"engine": "tutti \d+\.\d+\.\d+"/);
    assert.ok(text.includes('["JOB","CREATED","pay-back","t",3]'), text);
    const again = await cli('test', tests);
    assert.deepEqual([again.code, again.out], [0, 'passed  refund/pays-back: pays back\n1 passed, 0 failed']);
    assert.equal(
      (await cli('test', tests, '--update')).out,
      'passed  refund/pays-back: pays back\n1 passed, 0 failed',
    );
    assert.equal(readFileSync(join(place, 'expected.json'), 'utf8'), text);

    writeFileSync(join(place, 'refund.bpmn'), model('pay-later'));
    const changed = await cli('test', place, '--json');
    assert.equal(changed.code, 1);
    assert.match(JSON.parse(changed.out).problem, /pay-later/);
  });

  it('says when steps were added, and when there is nothing to test', async (t) => {
    const { tests, place } = folder(t);
    await cli('test', tests, '--update');
    const more = { title: 'pays back', steps: [...STEPS, { advance: 1000 }] };
    writeFileSync(join(place, 'scenario.json'), JSON.stringify(more));
    assert.match((await cli('test', tests)).out, /It has 5 steps, but expected\.json has 4/);
    assert.match(
      (await cli('test', tests, '--only', 'nothing')).err,
      /no scenario has 'nothing' in its name/,
    );
    assert.match((await cli('test', folderOf(t))).err, /there is no scenario\.json/);
    const absent = await cli('test', join(tests, 'absent'));
    assert.deepEqual([absent.code, /There is no folder/.test(absent.err)], [2, true]);
  });

  it('names what is wrong with a scenario, and plays the others', async (t) => {
    const { tests, place } = folder(t);
    await cli('test', tests, '--update');
    const cases: readonly [string, RegExp][] = [
      ['{', /scenario\.json cannot be read/],
      ['[]', /must hold a JSON object/],
      ['{"steps": [{"advance": 1}]}', /needs a "title"/],
      ['{"title": "x", "steps": []}', /needs "steps"/],
      ['{"title": "x", "steps": [1]}', /step 1 is no object/],
      ['{"title": "x", "steps": [{"deploi": ["a"]}]}', /step 1 .*deploi/],
      ['{"title": "x", "steps": [{"deploy": ["absent.bpmn"]}]}', /step 1 .*absent\.bpmn/],
      ['{"title": "x", "startAt": "soon", "steps": [{"advance": 1000}]}', /startAt/],
    ];
    for (const [index, [text, told]] of cases.entries()) {
      const other = join(tests, 'wrong', String(index));
      mkdirSync(other, { recursive: true });
      writeFileSync(join(other, 'scenario.json'), text);
      const { code, out } = await cli('test', other, place, '--update');
      assert.equal(code, 1, text);
      assert.match(out, told);
      assert.match(out, /1 passed, 1 failed$/);
    }
  });
});
