import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateContract } from '../engine/state/contract.test-helper.ts';
import { Overlay } from '../engine/state/overlay.ts';
import type { StatePort } from '../engine/state/port.ts';
import { DataFolder, type FolderOptions } from './folder.ts';
import { SqliteState } from './sqlite-state.ts';

const inFolder = (options: FolderOptions, over: (folder: DataFolder) => StatePort) => () => {
  const path = mkdtempSync(join(tmpdir(), 'tutti-contract-'));
  const folder = DataFolder.open(path, options);
  return {
    state: over(folder),
    close: () => {
      folder.close();
      rmSync(path, { recursive: true });
    },
  };
};

const tools = { test, assert };
stateContract(
  'SQLite',
  tools,
  inFolder({}, ({ db }) => new SqliteState(db)),
);
stateContract(
  'overlay on SQLite',
  tools,
  inFolder({}, ({ db }) => new Overlay(new SqliteState(db))),
);
stateContract(
  'buffer on SQLite',
  tools,
  inFolder({}, ({ state }) => state),
);
stateContract(
  'buffer that is written out now and then',
  tools,
  inFolder({ bufferChars: 100 }, ({ state }) => state),
);
