import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionRoutes } from './decisions.ts';
import { RestSession } from './engine-session.test-helper.ts';
import { jobRoutes } from './jobs.ts';

const FOLDER = 'conditional-start/one-definition';

test('a decision that is not there is told as Camunda 8.9 does, and not as Zeebe 8.6', async () => {
  const world = new RestSession(FOLDER, decisionRoutes);
  for (const which of [{ decisionDefinitionId: 'nowhere' }, { decisionDefinitionKey: '123' }]) {
    const { body } = await world.post('/v2/decision-definitions/evaluation', which);
    assert.equal(body.code, 'NOT_FOUND');
    assert.match(
      String(body.detail),
      /^Command 'EVALUATE' rejected with code 'NOT_FOUND': Expected to evaluate/,
    );
  }
});

test('a refused change of a job is one of the command UPDATE', async () => {
  const world = new RestSession(FOLDER, jobRoutes);
  for (const changeset of [{ retries: 1 }, { timeout: 1000 }]) {
    const { body } = await world.call(
      'PATCH',
      '/v2/jobs/:jobKey',
      { changeset },
      { jobKey: '2251799999999999' },
    );
    assert.equal(body.code, 'NOT_FOUND');
    assert.equal(
      body.detail,
      "Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update job with key '2251799999999999', but no such job was found",
    );
  }
});
