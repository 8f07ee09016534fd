export {
  CompiledDecisions,
  type DecisionEvaluation,
  type DecisionType,
  type EvaluatedDecision,
  type EvaluatedInput,
  type EvaluatedOutput,
  type MatchedRule,
} from './evaluation/evaluate.ts';
export { DECISION_GRAPH_FORMAT, type Decision, type DecisionGraph } from './model/graph.ts';
export { type ParsedDecisions, parseDmn, whyNoModel } from './model/parse.ts';
