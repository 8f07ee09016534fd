export { callsOf } from './language/calls.ts';
export { compile, type Expression } from './language/expression.ts';
export {
  type CompiledMappings,
  compileInputMappings,
  compileOutputMappings,
  type Mapping,
  type MappingEvaluation,
} from './language/mappings.ts';
export { type Evaluation, type Warning, type WarningCode, withWarnings } from './language/runtime.ts';
export { FeelSyntaxError } from './language/syntax.ts';
export { compileUnaryTests, type UnaryTests } from './language/unary-tests.ts';
export { Decimal } from './values/decimal.ts';
export { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './values/durations.ts';
export { FeelJsonError, fromJson, toJson } from './values/json.ts';
export { type FeelNumber, isNumber, numberOf, toDouble } from './values/numbers.ts';
export { FeelDate, FeelDateTime, FeelTime } from './values/temporal.ts';
export { toText } from './values/text.ts';
export {
  type Environment,
  type FeelContext,
  FeelFunction,
  FeelRange,
  type FeelType,
  type FeelValue,
  type Scope,
  scopeOf,
  typeName,
  typeOf,
  type ZeebeType,
} from './values/values.ts';
