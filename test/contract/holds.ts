import assert from 'node:assert/strict';
import type { ScenarioFolder } from '../../src/testing/scenarios/folders.ts';
import { LAWFUL, MAY_AGREE } from './lawful.ts';
import { playOver } from './play.ts';
import type { SurfaceName } from './world.ts';

/** Fails unless a scenario goes as recorded over a way of asking, or differs as it lawfully does. */
export async function holdsOver(surface: SurfaceName, scenario: ScenarioFolder): Promise<void> {
  const difference = await playOver(surface, scenario);
  const lawful = LAWFUL[scenario.name]?.[surface];
  if (lawful === undefined) return assert.equal(difference, undefined);
  if (difference === undefined && MAY_AGREE.has(scenario.name)) return;
  assert.match(difference ?? 'it agrees now: take it from the list', lawful);
}
