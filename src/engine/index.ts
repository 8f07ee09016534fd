export type { ActivatedJobs } from './commands/activate-jobs.ts';
export { createEngine, type EngineOptions } from './create-engine.ts';
export type { Engine, Turn } from './engine.ts';
export { apply } from './state/appliers/apply.ts';
export { MemoryState } from './state/memory.ts';
export { type Change, Overlay } from './state/overlay.ts';
export type { KeyPart, ScanOptions, StatePort, TableSpec } from './state/port.ts';
export { TABLES } from './state/tables.ts';
