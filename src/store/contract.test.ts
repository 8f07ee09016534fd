import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateContract } from '../engine/state/contract.test-helper.ts';
import { Overlay } from '../engine/state/overlay.ts';
import type { StatePort } from '../engine/state/port.ts';
import { DataFolder } from './folder.ts';
import type { SqliteState } from './sqlite-state.ts';

const inFolder = (over: (state: SqliteState) => StatePort) => () => {
  const path = mkdtempSync(join(tmpdir(), 'tutti-contract-'));
  const folder = DataFolder.open(path);
  return {
    state: over(folder.state),
    close: () => {
      folder.close();
      rmSync(path, { recursive: true });
    },
  };
};

stateContract(
  'SQLite',
  { test, assert },
  inFolder((state) => state),
);
stateContract(
  'overlay on SQLite',
  { test, assert },
  inFolder((state) => new Overlay(state)),
);
