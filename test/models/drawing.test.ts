import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type GraphElement, type ProcessGraph, parseBpmn } from '../../src/bpmn/index.ts';

const CONCERT = join(import.meta.dirname, '../../examples/concert');

/** The four steps; each has as many event types, and these ends, beside those inside "Wait for the payment". */
const MODELS = {
  'tickets-see.bpmn': { types: 10, ends: ['abandoned', 'purchased', 'refused', 'soldOut'] },
  'tickets-decorate.bpmn': {
    types: 14,
    ends: ['abandoned', 'purchased', 'refused', 'reminded', 'soldOut', 'timedOut'],
  },
  'tickets.bpmn': {
    types: 15,
    ends: ['abandoned', 'purchased', 'refused', 'reminded', 'soldOut', 'timedOut'],
  },
  'tickets-decide.bpmn': {
    types: 16,
    ends: ['abandoned', 'purchased', 'refused', 'reminded', 'soldOut', 'timedOut'],
  },
} as const;

async function graphOf(name: string, xml: string): Promise<ProcessGraph> {
  const parsed = await parseBpmn(name, xml);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
  const [process] = parsed.processes;
  assert.ok(process);
  return process;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bounds by the id of the element. */
function shapesOf(xml: string): Map<string, Box> {
  const found = xml.matchAll(
    /<bpmndi:BPMNShape [^>]*bpmnElement="([^"]+)"[^>]*>\s*<dc:Bounds x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"/g,
  );
  return new Map(
    [...found].map(([, id, x, y, width, height]) => [
      id ?? '',
      { x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
    ]),
  );
}

/** Waypoints by the id of the sequence flow. */
function edgesOf(xml: string): Map<string, readonly (readonly [x: number, y: number])[]> {
  const found = xml.matchAll(
    /<bpmndi:BPMNEdge [^>]*bpmnElement="([^"]+)"[^>]*>([\s\S]*?)<\/bpmndi:BPMNEdge>/g,
  );
  return new Map(
    [...found].map(([, id, body]) => [
      id ?? '',
      [...(body ?? '').matchAll(/<di:waypoint x="(-?\d+)" y="(-?\d+)"/g)].map(
        ([, x, y]) => [Number(x), Number(y)] as const,
      ),
    ]),
  );
}

const holds = (scope: Box, box: Box): boolean =>
  box.x >= scope.x &&
  box.y >= scope.y &&
  box.x + box.width <= scope.x + scope.width &&
  box.y + box.height <= scope.y + scope.height;

const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const [file, expected] of Object.entries(MODELS)) {
  const XML = readFileSync(join(CONCERT, 'models', file), 'utf8');
  const graph = (): Promise<ProcessGraph> => graphOf(file, XML);
  const shapes = (): Map<string, Box> => shapesOf(XML);
  const edges = (): ReturnType<typeof edgesOf> => edgesOf(XML);

  test(`${file}: the drawing shows every element and every flow of the process`, async () => {
    const { elements, flows } = await graph();
    const ids = Object.keys(elements).filter((id) => id !== 'tickets');
    assert.deepEqual([...shapes().keys()].sort(), ids.sort());
    assert.deepEqual([...edges().keys()].sort(), Object.keys(flows).sort());
  });

  test(`${file}: shapes do not overlap; what belongs to a subprocess lies inside it`, async () => {
    const { elements } = await graph();
    const boxes = shapes();
    const box = (id: string): Box => {
      const found = boxes.get(id);
      assert.ok(found, id);
      return found;
    };
    const all = Object.values(elements).filter(({ id }) => id !== 'tickets');
    for (const one of all) {
      if (one.flowScope !== null && one.flowScope !== 'tickets')
        assert.ok(holds(box(one.flowScope), box(one.id)), one.id);
      for (const other of all) {
        const related =
          one === other ||
          one.attachedTo === other.id ||
          other.attachedTo === one.id ||
          one.flowScope === other.id ||
          other.flowScope === one.id;
        if (!related) assert.ok(!meet(box(one.id), box(other.id)), `${one.id} and ${other.id} overlap`);
      }
    }
  });

  test(`${file}: flows run straight from shape to shape, and none crosses another`, () => {
    const segments = [...edges()].flatMap(([id, points]) =>
      points.slice(1).map(([x, y], index) => {
        const [fromX, fromY] = points[index] ?? [0, 0];
        assert.ok(fromX === x || fromY === y, `${id} has a slanting part`);
        const left = Math.min(fromX, x);
        const top = Math.min(fromY, y);
        return {
          id,
          box: { x: left, y: top, width: Math.abs(x - fromX) + 1, height: Math.abs(y - fromY) + 1 },
        };
      }),
    );
    for (const one of segments) {
      for (const other of segments) {
        if (one.id !== other.id) assert.ok(!meet(one.box, other.box), `${one.id} crosses ${other.id}`);
      }
    }
  });

  test(`${file}: every element that a person reads has a name`, async () => {
    const { elements } = await graph();
    const named = (element: GraphElement): boolean =>
      element.type !== 'EXCLUSIVE_GATEWAY' && element.flowScope === 'tickets';
    assert.deepEqual(
      Object.values(elements).filter((element) => named(element) && !element.name),
      [],
    );
  });

  test(`${file}: the process speaks only events of the contract`, async () => {
    const { elements } = await graph();
    const contract = readFileSync(join(CONCERT, 'CONTRACT.md'), 'utf8');
    const types = Object.values(elements).flatMap(({ job, message }) => [
      ...(job === undefined ? [] : [job.headers['Type'], job.headers['WaitType']]),
      ...(message?.name.kind === 'static' ? [message.name.value] : []),
    ]);
    for (const type of types) if (type !== undefined) assert.ok(contract.includes(`| \`${type}\` |`), type);
    assert.equal(new Set(types.filter(Boolean)).size, expected.types);
  });

  test(`${file}: there is one end for each outcome`, async () => {
    const { elements } = await graph();
    const ends = Object.values(elements).filter(
      ({ type, flowScope }) => type === 'END_EVENT' && flowScope !== 'payment',
    );
    assert.deepEqual(ends.map(({ id }) => id).sort(), expected.ends);
  });
}
