import type { Environment, FeelValue, Scope } from '../../feel/index.ts';
import type { Decision, DecisionGraph, Knowledge } from '../model/graph.ts';
import { LogicEvaluator } from './logic.ts';
import { CompiledTexts, EvaluationFailure, EvaluationLimit, layered, Run } from './run.ts';
import { checkType } from './types.ts';

export type DecisionType =
  | 'DECISION_TABLE'
  | 'LITERAL_EXPRESSION'
  | 'CONTEXT'
  | 'INVOCATION'
  | 'LIST'
  | 'RELATION'
  | 'UNKNOWN';

/** One decision, or one invocation of knowledge, with what led to its output. Values are JSON texts. */
export interface EvaluatedDecision {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly decisionType: DecisionType;
  readonly decisionOutput: string;
  readonly evaluatedInputs: readonly EvaluatedInput[];
  readonly matchedRules: readonly MatchedRule[];
}

export interface EvaluatedInput {
  readonly inputId: string;
  readonly inputName: string;
  readonly inputValue: string;
}

export interface MatchedRule {
  readonly ruleId: string;
  /** From 1. */
  readonly ruleIndex: number;
  readonly evaluatedOutputs: readonly EvaluatedOutput[];
}

export interface EvaluatedOutput {
  readonly outputId: string;
  readonly outputName: string;
  readonly outputValue: string;
}

/** What an evaluation gives. `evaluated` is in order of evaluation: what is required comes first. */
export type DecisionEvaluation =
  | { readonly ok: true; readonly output: string; readonly evaluated: readonly EvaluatedDecision[] }
  | {
      readonly ok: false;
      /** Zeebe's text. */
      readonly message: string;
      /** The decision that failed: the one asked for, or one that it requires. */
      readonly failedDecisionId: string;
      readonly evaluated: readonly EvaluatedDecision[];
    };

/** A graph, ready to be evaluated. FEEL is compiled when first used. */
export class CompiledDecisions {
  readonly #decisions: ReadonlyMap<string, Decision>;
  readonly #knowledge: ReadonlyMap<string, Knowledge>;
  readonly #texts = new CompiledTexts();

  constructor(graph: DecisionGraph) {
    this.#decisions = new Map(graph.decisions.map((decision) => [decision.id, decision]));
    this.#knowledge = new Map(graph.knowledge.map((knowledge) => [knowledge.id, knowledge]));
  }

  /**
   * Evaluates a decision of the graph and what it requires. Never throws for what the data are.
   *
   * @param variables what all decisions see
   */
  evaluate(decisionId: string, variables: Scope, environment: Environment): DecisionEvaluation {
    const run = new Run(this.#texts, variables, environment);
    const walk = new Walk(run, this.#decisions, this.#knowledge);
    try {
      const output = run.json(walk.value(decisionId));
      return { ok: true, output, evaluated: run.evaluated };
    } catch (error) {
      if (!(error instanceof EvaluationFailure || error instanceof EvaluationLimit)) throw error;
      const message = `Expected to evaluate decision '${decisionId}', but ${error.message}`;
      return { ok: false, message, failedDecisionId: walk.current, evaluated: run.evaluated };
    }
  }
}

interface Frame {
  readonly decision: Decision;
  /** Results of the decisions that this one requires. */
  readonly results: Map<string, FeelValue>;
  next: number;
}

/** Walks the graph without recursion: a chain of decisions may be as long as the model allows. */
class Walk {
  readonly #run: Run;
  readonly #decisions: ReadonlyMap<string, Decision>;
  readonly #logic: LogicEvaluator;
  /** The decision that is being evaluated. */
  current = '';

  constructor(run: Run, decisions: ReadonlyMap<string, Decision>, knowledge: ReadonlyMap<string, Knowledge>) {
    this.#run = run;
    this.#decisions = decisions;
    this.#logic = new LogicEvaluator(run, knowledge);
  }

  /** What is required several times is evaluated each time, as Zeebe does. */
  value(decisionId: string): FeelValue {
    const path = [this.#frame(decisionId)];
    let value: FeelValue = null;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const required = top.decision.requires[top.next];
      if (required !== undefined) {
        top.next += 1;
        path.push(this.#frame(required));
        continue;
      }
      value = this.#evaluate(top);
      path.pop();
      path.at(-1)?.results.set(top.decision.resultName, value);
    }
    return value;
  }

  #frame(id: string): Frame {
    const decision = this.#decisions.get(id);
    if (decision === undefined) {
      this.current = id;
      throw new EvaluationFailure(`no decision found with id '${id}'`);
    }
    return { decision, results: new Map(), next: 0 };
  }

  #evaluate({ decision, results }: Frame): FeelValue {
    this.current = decision.id;
    const functions = this.#logic.functions(decision.knows);
    const scope = layered(this.#run.root, new Map([...results, ...functions]));
    const value = this.#logic.noted(decision, decision.logic, scope);
    checkType(value, decision.resultType);
    return value;
  }
}
