export { Judge } from './judge.ts';
export {
  type ComplianceView,
  type Finding,
  type Judgement,
  type KeptEvent,
  type KnownInstance,
  type KnownJob,
  type KnownWait,
  VERDICTS,
  type Verdict,
} from './judgement.ts';
export {
  type ComplianceModel,
  type Place,
  type PlaceKind,
  placesOf,
  type Trigger,
  triggersOf,
} from './places.ts';
export { type Trace, type TraceFacts, type TraceStep, traceOf } from './trace.ts';
