export { type CesqlError, type CesqlErrorKind, CesqlParseError, type Position } from './errors.ts';
export { type ExplainedPart, explainCesql } from './explain.ts';
export { CesqlExpression, type Evaluation } from './expression.ts';
export { typeOf as cesqlTypeOf } from './values.ts';
