import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findScenarios } from '../../src/testing/scenarios/folders.ts';
import { holdsOver } from './holds.ts';
import { SURFACES } from './world.ts';

/** All scenarios over all ways of asking; four minutes. */
const all = findScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url)));

for (const surface of SURFACES)
  describe(`asked ${surface === 'in process' ? surface : `over ${surface}`}, the engine answers as recorded`, () => {
    for (const scenario of all) it(scenario.name, { timeout: 60_000 }, () => holdsOver(surface, scenario));
  });
