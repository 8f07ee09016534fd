import { FeelFunction, type FeelValue, type Scope } from '../../feel/index.ts';
import type { Knowledge, Logic, Parameter } from '../model/graph.ts';
import type { DecisionType } from './evaluate.ts';
import { EvaluationFailure, layered, type Run } from './run.ts';
import { evaluateTable, type Trail } from './table.ts';
import { checkType } from './types.ts';

type KnowledgeById = ReadonlyMap<string, Knowledge>;

const DECISION_TYPES: Readonly<Record<Logic['kind'], DecisionType>> = {
  literal: 'LITERAL_EXPRESSION',
  table: 'DECISION_TABLE',
  context: 'CONTEXT',
  list: 'LIST',
  relation: 'RELATION',
  function: 'UNKNOWN',
  invocation: 'INVOCATION',
};

/**
 * Evaluates logic of decisions and knowledge. Recursion is as deep as a model nests, and as its functions call each
 * other; where the stack ends the evaluation of FEEL ends with a failure.
 */
export class LogicEvaluator {
  readonly #run: Run;
  readonly #knowledge: KnowledgeById;

  constructor(run: Run, knowledge: KnowledgeById) {
    this.#run = run;
    this.#knowledge = knowledge;
  }

  /** The value of a decision or of knowledge, noted with the way to it. Throws `EvaluationFailure`. */
  noted(owner: { readonly id: string; readonly name: string }, logic: Logic, scope: Scope): FeelValue {
    const trail: Trail = { inputs: [], rules: [] };
    const note = (output: string) => {
      const { inputs, rules } = trail;
      const decisionType = DECISION_TYPES[logic.kind];
      this.#run.note({
        decisionId: owner.id,
        decisionName: owner.name,
        decisionType,
        decisionOutput: output,
        evaluatedInputs: inputs,
        matchedRules: rules,
      });
    };
    let value: FeelValue;
    let output: string;
    try {
      value = this.#value(logic, scope, trail);
      output = this.#run.json(value);
    } catch (error) {
      if (error instanceof EvaluationFailure) note('null');
      throw error;
    }
    note(output);
    return value;
  }

  /** Knowledge as functions, by name. What they see is the scope of the whole evaluation, and their arguments. */
  functions(ids: readonly string[]): ReadonlyMap<string, FeelValue> {
    const functions = new Map<string, FeelValue>();
    for (const id of ids) {
      const knowledge = this.#knowledge.get(id);
      if (knowledge === undefined) continue;
      const invoke = (named: ReadonlyMap<string, FeelValue>) =>
        this.#knowledgeValue(knowledge, layered(this.#run.root, named));
      functions.set(knowledge.name, functionOf(knowledge.parameters, invoke));
    }
    return functions;
  }

  #value(logic: Logic, scope: Scope, trail: Trail = { inputs: [], rules: [] }): FeelValue {
    switch (logic.kind) {
      case 'literal':
        return this.#run.evaluate(logic.text, scope);
      case 'table':
        return evaluateTable(this.#run, logic.table, scope, trail);
      case 'context':
        return this.#context(logic, scope);
      case 'list':
        return logic.items.map((item) => this.#value(item, scope));
      case 'relation':
        return logic.rows.map((row) =>
          this.#run.context(new Map(row.map(({ name, logic: cell }) => [name, this.#value(cell, scope)]))),
        );
      case 'function':
        return functionOf(logic.parameters, (named) => this.#run.evaluate(logic.text, layered(scope, named)));
      case 'invocation':
        return this.#invocation(logic, scope);
    }
  }

  #context(logic: Logic & { readonly kind: 'context' }, scope: Scope): FeelValue {
    const entries = new Map<string, FeelValue>();
    const inner = layered(scope, entries);
    for (const { name, logic: entry } of logic.entries) {
      // A function goes on seeing the entries as they are now.
      const seen = entry.kind === 'function' ? layered(scope, new Map(entries)) : inner;
      entries.set(name, this.#value(entry, seen));
    }
    return logic.result === undefined ? this.#run.context(entries) : this.#value(logic.result, inner);
  }

  #invocation(logic: Logic & { readonly kind: 'invocation' }, scope: Scope): FeelValue {
    const knowledge = this.#knowledge.get(logic.knowledge);
    if (knowledge === undefined) throw new EvaluationFailure(`no BKM found with name '${logic.knowledge}'`);
    const bound = layered(
      scope,
      new Map(logic.bindings.map(({ name, text }) => [name, this.#run.evaluate(text, scope)])),
    );
    for (const { name, type } of knowledge.parameters) {
      const value = bound.get(name);
      if (value === undefined) throw new EvaluationFailure(`no parameter found with name '${name}'`);
      checkType(value, type);
    }
    return this.#knowledgeValue(knowledge, bound);
  }

  #knowledgeValue(knowledge: Knowledge, scope: Scope): FeelValue {
    if (knowledge.logic === undefined) return null;
    return this.noted(knowledge, knowledge.logic, layered(scope, this.functions(knowledge.knows)));
  }
}

/** A function of FEEL: where it fails, FEEL goes on with null. */
function functionOf(
  parameters: readonly Parameter[],
  invoke: (named: ReadonlyMap<string, FeelValue>) => FeelValue,
): FeelFunction {
  const names = parameters.map(({ name }) => name);
  return new FeelFunction(names, (args) => {
    try {
      for (const [index, { type }] of parameters.entries()) checkType(args[index] ?? null, type);
      return invoke(new Map(names.map((name, index) => [name, args[index] ?? null])));
    } catch (error) {
      if (error instanceof EvaluationFailure) return null;
      throw error;
    }
  });
}
