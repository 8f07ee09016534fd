export { type BatchChange, type Batches, batchesOver } from './batches.ts';
export { batchModule } from './module.ts';
export type { BatchPlan } from './plan.ts';
