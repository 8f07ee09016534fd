import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestSession } from './engine-session.test-helper.ts';
import { instanceRoutes } from './instances.ts';

const PATH = '/v2/process-instances/:processInstanceKey/modification';

async function started() {
  const rest = new RestSession('modification-move/by-id', instanceRoutes);
  await rest.deploy('p.bpmn');
  const created = await rest.post('/v2/process-instances', { processDefinitionId: 'mm-id' });
  const processInstanceKey = String(created.body.processInstanceKey);
  const move = (instruction: unknown) =>
    rest.post(PATH, { moveInstructions: [instruction] }, { processInstanceKey });
  const active = (id: string) => rest.session.tracker.activeElement(id, Number(processInstanceKey));
  return { rest, processInstanceKey, move, active };
}

test('a move by element id and one by element instance key are carried out', async () => {
  const { move, active } = await started();
  const byId = await move({
    sourceElementInstruction: { sourceType: 'byId', sourceElementId: 'a' },
    targetElementId: 'b',
    variableInstructions: [{ variables: { x: 1 } }],
  });
  assert.equal(byId.status, 204);
  assert.deepEqual([active('a') === undefined, active('b') === undefined], [true, false]);
  const byKey = await move({
    sourceElementInstruction: { sourceType: 'byKey', sourceElementInstanceKey: String(active('b')) },
    targetElementId: 'a',
    ancestorScopeInstruction: { ancestorScopeType: 'sourceParent' },
  });
  assert.equal(byKey.status, 204);
  assert.deepEqual([active('a') === undefined, active('b') === undefined], [false, true]);
});

test('the ancestor scope may be left to the engine in words', async () => {
  const { move, active } = await started();
  const { status } = await move({
    sourceElementInstruction: { sourceType: 'byId', sourceElementId: 'a' },
    targetElementId: 'b',
    ancestorScopeInstruction: { ancestorScopeType: 'direct', ancestorElementInstanceKey: '-1' },
  });
  assert.equal(status, 204);
  assert.notEqual(active('b'), undefined);
});

test('a move that is not complete or of no known kind is refused', async () => {
  const { move } = await started();
  const source = { sourceType: 'byId', sourceElementId: 'a' };
  const refusals = [
    { targetElementId: 'b' },
    { sourceElementInstruction: source },
    { sourceElementInstruction: { sourceType: 'byName' }, targetElementId: 'b' },
    {
      sourceElementInstruction: source,
      targetElementId: 'b',
      ancestorScopeInstruction: { ancestorScopeType: 'x' },
    },
  ];
  const details = [];
  for (const refusal of refusals) details.push((await move(refusal)).body.detail);
  assert.deepEqual(details, [
    'No sourceElementInstruction provided.',
    'No targetElementId provided.',
    "The value for sourceType is 'byName' but must be one of [byId, byKey].",
    "The value for ancestorScopeType is 'x' but must be one of [direct, inferred, sourceParent].",
  ]);
});

test('a termination names an element or one element instance, not both', async () => {
  const { rest, processInstanceKey, active } = await started();
  const terminate = (instruction: unknown) =>
    rest.post(PATH, { terminateInstructions: [instruction] }, { processInstanceKey });
  const both = await terminate({ elementId: 'a', elementInstanceKey: '1' });
  assert.equal(both.body.detail, 'Only one of [elementId, elementInstanceKey] is allowed.');
  assert.equal((await terminate({ elementId: 'a' })).status, 204);
  assert.equal(active('a'), undefined);
});
