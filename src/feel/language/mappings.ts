import type { Environment, FeelContext, Scope } from '../values/values.ts';
import type { Expression } from './expression.ts';
import { compile } from './expression.ts';
import type { Warning } from './runtime.ts';

/** One `zeebe:input` or `zeebe:output`. */
export interface Mapping {
  /** With a leading `=` a FEEL expression, else (as a `=` alone) a static string; undefined stands for null. */
  readonly source: string | undefined;
  /** A name, or a path of names joined by dots. */
  readonly target: string;
}

/** All input (or all output) mappings of an element, compiled as one expression, as Zeebe does. */
export interface CompiledMappings {
  /** The expression as Zeebe's incident texts show it, such as `{y:assert(x, x > 5)}`. */
  readonly text: string;
  /** Names of the variables that the mappings read from their scope. */
  readonly variables: readonly string[];
  /** `value` has one entry for each target's first name, in the order of the mappings. */
  evaluate(scope: Scope, environment: Environment): MappingEvaluation;
}

export type MappingEvaluation =
  | { readonly ok: true; readonly value: FeelContext; readonly warnings: Warning[] }
  | { readonly ok: false; readonly message: string; readonly warnings: Warning[] };

/**
 * Compiles input mappings. Later sources see earlier targets; targets with a common first name build one
 * context (`a.b` and `a.c` give `a`). Throws `FeelSyntaxError` if a source is no expression.
 */
export function compileInputMappings(mappings: readonly Mapping[]): CompiledMappings {
  return compileTree(mappings, (nested) => nested);
}

/** The same for output mappings, whose nested targets are merged into a context that is there already. */
export function compileOutputMappings(mappings: readonly Mapping[]): CompiledMappings {
  return compileTree(mappings, (nested, path) => {
    const target = path.join('.');
    return `if (${target} != null) then context merge(${target},${nested}) else ${nested}`;
  });
}

/** Sources by name, in the order in which the names first appear. */
type Tree = Map<string, string | Tree>;

function compileTree(
  mappings: readonly Mapping[],
  nest: (nested: string, path: readonly string[]) => string,
): CompiledMappings {
  const tree: Tree = new Map();
  for (const { source, target } of mappings) {
    const text = sourceText(source);
    // On its own first, so that an error names the source and `1}, {x: 2` cannot escape into the whole.
    compile(text);
    insert(tree, target.split('.'), text);
  }
  return compiled(compile(contextText(tree, [], nest)));
}

function compiled({ text, variables, evaluate }: Expression): CompiledMappings {
  return {
    text,
    variables,
    evaluate: (scope, environment) => {
      const result = evaluate(scope, environment);
      if (!result.ok) return result;
      const { value, warnings } = result;
      return { ok: true, value: value instanceof Map ? value : new Map(), warnings };
    },
  };
}

function sourceText(source: string | undefined): string {
  if (source === undefined) return 'null';
  return source.startsWith('=') && source.length > 1 ? source.slice(1) : `"${source.replaceAll('"', '\\"')}"`;
}

/** A later mapping to the same name replaces an earlier one, at the earlier one's place. */
function insert(tree: Tree, path: readonly string[], source: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(name, source);
    return;
  }
  const existing = tree.get(name);
  const nested: Tree = existing instanceof Map ? existing : new Map();
  tree.set(name, nested);
  insert(nested, rest, source);
}

function contextText(
  tree: Tree,
  path: readonly string[],
  nest: (nested: string, path: readonly string[]) => string,
): string {
  const entries = [...tree].map(([name, value]) => {
    if (typeof value === 'string') return `${name}:${value}`;
    const inner = [...path, name];
    return `${name}:${nest(contextText(value, inner, nest), inner)}`;
  });
  return `{${entries.join(',')}}`;
}
