import { canonicalText } from './attributes.ts';
import { type CesqlError, type Evaluation, type ExplainedPart, explainCesql } from './cesql/index.ts';
import type { CloudEvent } from './event.ts';
import { type Filter, matches, matchesAttribute, type TextDialect } from './filters.ts';

/** What one filter made of an event, and its parts. All parts are looked at, also those that cannot decide any more. */
export type ExplainedFilter = {
  /** Place in the JSON, such as `filter.any[1]`. */
  readonly path: string;
  readonly matches: boolean;
} & (
  | { readonly dialect: TextDialect; readonly attributes: readonly ExplainedAttribute[] }
  | { readonly dialect: 'all' | 'any' | 'not'; readonly parts: readonly ExplainedFilter[] }
  | {
      readonly dialect: 'sql';
      readonly expression: string;
      readonly evaluation: Evaluation;
      readonly operands: readonly ExplainedPart[];
    }
);

export interface ExplainedAttribute {
  readonly name: string;
  readonly expected: string;
  /** Canonical text of the attribute; absent if the event does not have it. */
  readonly actual?: string;
  readonly matches: boolean;
}

/** An error of a CESQL expression within a filter. */
export interface FilterEvaluationError extends CesqlError {
  readonly path: string;
}

/** @param path how the answer names the place of the filter */
export function explainFilter(filter: Filter, event: CloudEvent, path: string): ExplainedFilter {
  const base = { path, matches: matches(filter, event) };
  switch (filter.dialect) {
    case 'exact':
    case 'prefix':
    case 'suffix': {
      const { dialect } = filter;
      const attributes = filter.attributes.map(([name, expected]) => {
        const value = event.attributes.get(name);
        const fits = matchesAttribute(dialect, value, expected);
        return {
          name,
          expected,
          ...(value !== undefined && { actual: canonicalText(value) }),
          matches: fits,
        };
      });
      return { ...base, dialect, attributes };
    }
    case 'all':
    case 'any': {
      const { dialect, filters } = filter;
      const parts = filters.map((part, index) => explainFilter(part, event, `${path}.${dialect}[${index}]`));
      return { ...base, dialect, parts };
    }
    case 'not':
      return { ...base, dialect: 'not', parts: [explainFilter(filter.filter, event, `${path}.not`)] };
    case 'sql': {
      const { expression } = filter;
      return {
        ...base,
        dialect: 'sql',
        expression: expression.source,
        evaluation: expression.evaluate(event),
        operands: explainCesql(expression, event),
      };
    }
  }
}

/** The errors of all CESQL expressions of a filter, with their places. */
export function errorsOf(explained: ExplainedFilter): readonly FilterEvaluationError[] {
  switch (explained.dialect) {
    case 'exact':
    case 'prefix':
    case 'suffix':
      return [];
    case 'all':
    case 'any':
    case 'not':
      return explained.parts.flatMap(errorsOf);
    case 'sql':
      return explained.evaluation.errors.map((error) => ({ ...error, path: explained.path }));
  }
}
