import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResource } from './deploy.ts';

const model = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <bpmn:process id="größe" name="Größe 🎫" isExecutable="true"><bpmn:startEvent id="s"/></bpmn:process>
</bpmn:definitions>`;

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

for (const [name, content] of [
  ['UTF-8', Buffer.from(model('UTF-8'))],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${model('UTF-8')}`)],
  ['UTF-8 that declares UTF-16', Buffer.from(model('UTF-16'))],
  ['UTF-8 that declares what nobody knows', Buffer.from(model('x-unknown'))],
  ['UTF-16, the low byte first', Buffer.from(`\ufeff${model('UTF-16')}`, 'utf16le')],
  ['UTF-16, the high byte first', swapped(`\ufeff${model('UTF-16')}`)],
  ['UTF-16 without a byte order mark', swapped(model('UTF-16BE'))],
  ['ISO-8859-1', Buffer.from(model('ISO-8859-1').replace(' 🎫', ''), 'latin1')],
] as const)
  test(`a model in ${name} is read`, async () => {
    const { processes, problems, resource } = await readResource({ name: 'm.bpmn', content });
    assert.equal(problems, undefined);
    assert.equal(processes[0]?.bpmnProcessId, 'größe');
    assert.match(resource, name === 'ISO-8859-1' ? /name="Größe"/ : /name="Größe 🎫"/);
  });
