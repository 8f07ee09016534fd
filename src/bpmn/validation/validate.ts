import type { XmlNode } from '../xml/node.ts';
import { ValidatorFailure } from './failure.ts';
import { unknownListenerEvent } from './listener-events.ts';
import { modelOf, type RuleBook } from './model.ts';
import { Problems } from './problems.ts';
import { ACTIVITY_RULES } from './rules/activities.ts';
import { AD_HOC_EXPRESSION_RULES, AD_HOC_RULES } from './rules/ad-hoc.ts';
import { CONDITIONAL_DESIGN_RULES, CONDITIONAL_RUNTIME_RULES } from './rules/conditionals.ts';
import { CONSTANT_RULES } from './rules/constants.ts';
import { EVENT_RULES } from './rules/events.ts';
import { EXPRESSION_RULES } from './rules/expressions.ts';
import { EXTENSION_RULES } from './rules/extensions.ts';
import { SCOPE_RULES } from './rules/scopes.ts';

const DESIGN_RULES: readonly RuleBook[] = [
  SCOPE_RULES,
  EVENT_RULES,
  CONDITIONAL_DESIGN_RULES,
  ...ACTIVITY_RULES,
  AD_HOC_RULES,
  ...EXTENSION_RULES,
];
const RUNTIME_RULES: readonly RuleBook[] = [
  ...EXPRESSION_RULES,
  AD_HOC_EXPRESSION_RULES,
  CONSTANT_RULES,
  CONDITIONAL_RUNTIME_RULES,
];

/** Checks a model by Zeebe's rules. Answers Zeebe's listing of what is wrong; undefined if nothing is. */
export function validate(definitions: XmlNode): string | undefined {
  try {
    return problemsOf(definitions);
  } catch (error) {
    if (error instanceof ValidatorFailure) return error.message;
    throw error;
  }
}

function problemsOf(definitions: XmlNode): string | undefined {
  const model = modelOf(definitions);
  const unreadable = unknownListenerEvent(model.nodes);
  if (unreadable !== undefined) return unreadable;
  const design = new Problems();
  const runtime = new Problems();
  for (const node of model.nodes) {
    for (const book of DESIGN_RULES) for (const rule of book[node.$type] ?? []) rule(node, design, model);
    for (const book of RUNTIME_RULES) for (const rule of book[node.$type] ?? []) rule(node, runtime, model);
  }
  return design.overriddenBy(runtime).text();
}
