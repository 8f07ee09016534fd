import { callsOf, compile, FeelSyntaxError, scopeOf, toJson, typeName } from '../../feel/index.ts';

/** What `fromAi` tells of a value that an agent is to provide. */
export interface AgentParameter {
  /** The variable or path, as the expression names it. */
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly schema?: unknown;
  readonly options?: unknown;
}

/** The call says something that only a running instance could tell. */
export class AgentParameterError extends Error {
  readonly code = 'AGENT_PARAMETER';
}

const PARAMETERS = ['value', 'description', 'type', 'schema', 'options'];
const REFERENCE = /^[\p{L}_$][\p{L}\p{N}_$]*(\s*\.\s*[\p{L}_$][\p{L}\p{N}_$]*)*$/u;
const TRIAL = { nowMs: (): number => 0 };

/**
 * The parameters that an expression declares with `fromAi`. None if the text is no expression, which another rule
 * reports. Throws `AgentParameterError` where an argument is not the constant that it must be.
 */
export function agentParameters(expression: string): readonly AgentParameter[] {
  if (!expression.includes('fromAi')) return [];
  try {
    return callsOf(expression, 'fromAi', PARAMETERS).map(parameterOf);
  } catch (error) {
    if (error instanceof FeelSyntaxError) return [];
    throw error;
  }
}

function parameterOf(call: ReadonlyMap<string, string>): AgentParameter {
  const value = call.get('value') ?? 'null';
  if (!REFERENCE.test(value) || value === 'null')
    throw new AgentParameterError(
      `Expected fromAi() parameter 'value' to be a reference (e.g. 'toolCall.customParameter'), but received ${/^".*"$/s.test(value) ? `string '${value.slice(1, -1)}'` : value}.`,
    );
  const told: Record<string, unknown> = {};
  for (const name of ['description', 'type']) {
    const constant = constantOf(call, name, 'string', ['STRING']);
    if (constant !== undefined && constant !== '') told[name] = constant;
  }
  for (const name of ['schema', 'options']) {
    const constant = constantOf(call, name, 'context (map)', ['OBJECT', 'CONTEXT']);
    if (constant !== undefined && Object.keys(constant as object).length > 0) told[name] = constant;
  }
  return { name: value.replace(/\s/g, ''), ...told };
}

/** The value of an argument that must be constant; undefined if it is absent or null. */
function constantOf(
  call: ReadonlyMap<string, string>,
  name: string,
  expected: string,
  types: readonly string[],
): unknown {
  const text = call.get(name);
  if (text === undefined || text === 'null') return undefined;
  const expression = compile(text);
  const result = expression.evaluate(scopeOf({}), TRIAL);
  if (result.ok && result.warnings.length === 0 && types.includes(typeName(result.value)))
    return JSON.parse(toJson(result.value));
  throw new AgentParameterError(
    `Expected fromAi() parameter '${name}' to be a ${expected}, but received '${text}'.`,
  );
}
