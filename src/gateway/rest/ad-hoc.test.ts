import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import { GatewayError } from '../errors.ts';
import type { GatewayRequest } from '../http.ts';
import { adHocRoutes } from './ad-hoc.ts';
import type { GatewayContext } from './context.ts';
import { jobRoutes } from './jobs.ts';

const KEY = '2251799813685301';

/** Calls a route with a runtime that notes what it is asked. */
async function call(path: string, body: unknown, answer?: Answer): Promise<readonly ClientCommand[]> {
  const asked: ClientCommand[] = [];
  const runtime = {
    execute: async (command: ClientCommand) => {
      asked.push(command);
      return answer ?? { kind: 'accepted', key: 1, value: {} };
    },
  };
  const context = { runtime } as unknown as GatewayContext;
  const route = [...adHocRoutes(context), ...jobRoutes(context)].find((one) => one.path === path);
  assert.ok(route, path);
  const params = { adHocSubProcessInstanceKey: KEY, jobKey: KEY };
  const request = { params, body: Buffer.from(JSON.stringify(body)) } as unknown as GatewayRequest;
  const response = await route.handler(request);
  assert.equal(response.status, 204);
  return asked;
}

const ACTIVATION = '/v2/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation';
const COMPLETION = '/v2/jobs/:jobKey/completion';

test('an activation names elements with their variables', async () => {
  const asked = await call(ACTIVATION, {
    elements: [{ elementId: 'A', variables: { n: 1.0 } }, { elementId: 'B' }],
    cancelRemainingInstances: true,
  });
  assert.deepEqual(asked, [
    {
      valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
      intent: 'ACTIVATE',
      key: Number(KEY),
      value: {
        activateElements: [
          { elementId: 'A', variables: new Map([['n', '1']]) },
          { elementId: 'B', variables: new Map() },
        ],
        cancelRemainingInstances: true,
      },
    },
  ]);
});

test('an activation without elements, or with one that has no id, is refused', async () => {
  const refused = (body: unknown, detail: RegExp) =>
    assert.rejects(call(ACTIVATION, body), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.match(error.message, detail);
      return true;
    });
  await refused({}, /^No elements provided\.$/);
  await refused({ elements: [] }, /^No elements provided\.$/);
  await refused({ elements: [{ elementId: 'A' }, { elementId: ' ' }] }, /elements\[1\]\.elementId/);
  await refused({ elements: [{ elementId: 'A' }], others: 1 }, /others/);
});

test('a completed job tells what its worker decided for an ad-hoc subprocess', async () => {
  const [command] = await call(COMPLETION, {
    variables: { x: 1 },
    result: { type: 'adHocSubProcess', activateElements: [{ elementId: 'A' }] },
  });
  assert.deepEqual(command, {
    valueType: 'JOB',
    intent: 'COMPLETE',
    key: Number(KEY),
    value: {
      variables: new Map([['x', '1']]),
      result: {
        type: 'adHocSubProcess',
        activateElements: [{ elementId: 'A', variables: new Map() }],
        isCompletionConditionFulfilled: false,
        isCancelRemainingInstances: false,
      },
    },
  });
});
