import type { SQLInputValue } from 'node:sqlite';
import { field } from './collections/spec.ts';
import { COLLECTIONS, type CollectionSpec, type FieldSpec, VARIABLE_PREFIX } from './collections.ts';

export type Scalar = string | number | boolean;
export type ComparisonOperator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like';

/** One test of a row. `like` takes `*` and `?` as wildcards and `\` as escape, as Camunda's REST API does. */
export type Condition =
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: ComparisonOperator;
      readonly value: Scalar;
    }
  | {
      readonly kind: 'among';
      readonly field: string;
      readonly negated: boolean;
      readonly values: readonly Scalar[];
    }
  | { readonly kind: 'exists'; readonly field: string; readonly exists: boolean }
  /**
   * Rows that have a variable of this name whose JSON text passes the tests on `value`.
   * `filter` says which variables: a name of the collection's `variables`.
   */
  | {
      readonly kind: 'variable';
      readonly filter: string;
      readonly name: string;
      readonly tests: readonly Condition[];
    }
  /** One related row passes all tests, which are on fields of the collection's relation. */
  | { readonly kind: 'related'; readonly relation: string; readonly tests: readonly Condition[] }
  /** What belongs to this instance or to one that it called, however deep. */
  | { readonly kind: 'ofInstance'; readonly key: number }
  /** What belongs to this element instance, to one inside it, or to an instance that one of them called. */
  | { readonly kind: 'ofElement'; readonly key: number }
  /** Variables that an element instance sees; `effective` leaves out those that an inner one hides. */
  | { readonly kind: 'visibleFrom'; readonly key: number; readonly effective: boolean }
  /** Element instances of the instances that pass the tests. */
  | { readonly kind: 'instances'; readonly tests: readonly Condition[] }
  /** Instances that stand at this element now. */
  | { readonly kind: 'standsAt'; readonly elementId: string }
  /** Rows that have this tag. */
  | { readonly kind: 'tagged'; readonly tag: string }
  /** Instances with this key, or with a variable that is this text or number, or a text that begins so. */
  | { readonly kind: 'mentions'; readonly text: string }
  | { readonly kind: 'any'; readonly branches: readonly (readonly Condition[])[] };

/** The field of this name; the surfaces check names first. */
export function fieldOf(spec: CollectionSpec, name: string): FieldSpec {
  const found = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
  if (found === undefined) throw new TypeError(`${spec.table} has no field '${name}'`);
  return found;
}

const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  eq: '=',
  neq: 'IS NOT',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'GLOB',
};

/** SQL of a condition on the row `t`; its values are added in the order of their places. */
export function conditionSql(spec: CollectionSpec, condition: Condition, values: SQLInputValue[]): string {
  switch (condition.kind) {
    case 'compare': {
      const { sql, indexedPrefix } = fieldOf(spec, condition.field);
      if (condition.operator === 'eq' && indexedPrefix !== undefined) {
        const text = String(condition.value);
        // The database does not see by itself that its index helps: it needs the indexed term spelled out.
        values.push(beginning(text, indexedPrefix), text);
        return `(substr(${sql}, 1, ${indexedPrefix}) = ? AND ${sql} = ?)`;
      }
      if (condition.operator === 'like') {
        values.push(globPattern(String(condition.value)));
        return `${sql} GLOB ?`;
      }
      values.push(toSql(condition.value));
      return `${sql} ${COMPARISONS[condition.operator]} ?`;
    }
    case 'among': {
      const { sql } = fieldOf(spec, condition.field);
      // One text for all of them: the database takes only so many values in one statement.
      values.push(JSON.stringify(condition.values.map(toSql)));
      const list = '(SELECT value FROM json_each(?))';
      return condition.negated ? `(${sql} IS NULL OR ${sql} NOT IN ${list})` : `${sql} IN ${list}`;
    }
    case 'exists':
      return `${fieldOf(spec, condition.field).sql} IS ${condition.exists ? 'NOT NULL' : 'NULL'}`;
    case 'variable': {
      const which = spec.variables?.[condition.filter];
      if (which === undefined) throw new TypeError(`${spec.table} has no variables '${condition.filter}'`);
      values.push(condition.name);
      const tests = condition.tests.map((test) => ` AND ${conditionSql(VARIABLE_TEST, test, values)}`);
      return `EXISTS (SELECT 1 FROM variable v WHERE ${which} AND v.name = ?${tests.join('')})`;
    }
    case 'related': {
      const relation = spec.relations?.[condition.relation];
      if (relation === undefined)
        throw new TypeError(`${spec.table} has no relation '${condition.relation}'`);
      const related = { table: 'r', key: '', fields: relation.fields };
      const tests = condition.tests.map((test) => ` AND ${conditionSql(related, test, values)}`);
      return `EXISTS (SELECT 1 FROM ${relation.from}${tests.join('')})`;
    }
    case 'ofInstance':
      values.push(condition.key);
      return `t.instance_key IN (WITH RECURSIVE tree (key) AS (
        SELECT ? UNION SELECT p.key FROM tree JOIN process_instance p ON p.parent_instance_key = tree.key)
        SELECT key FROM tree)`;
    case 'ofElement':
      values.push(condition.key);
      return `t.element_key IN (WITH RECURSIVE tree (key, instance) AS (
        SELECT e.key, e.instance_key FROM element_instance e WHERE e.key = ?
        UNION SELECT e.key, e.instance_key FROM tree JOIN element_instance e
          ON e.instance_key = tree.instance AND e.scope_key = tree.key
        UNION SELECT p.key, p.key FROM tree JOIN process_instance p
          ON p.parent_instance_key = tree.instance AND p.parent_element_key = tree.key)
        SELECT key FROM tree)`;
    case 'visibleFrom': {
      values.push(condition.key);
      const up = `WITH RECURSIVE up (key, instance, level) AS (
        SELECT e.key, e.instance_key, 0 FROM element_instance e WHERE e.key = ?
        UNION ALL SELECT e.scope_key, e.instance_key, level + 1 FROM up JOIN element_instance e ON e.key = up.key)`;
      const seen = 'up JOIN variable v ON v.instance_key = up.instance AND v.scope_key = up.key';
      // Of the rows of a group, the database takes the other columns from the one with the least level.
      return condition.effective
        ? `t.key IN (${up} SELECT key FROM (SELECT v.key AS key, min(up.level) FROM ${seen} GROUP BY v.name))`
        : `t.key IN (${up} SELECT v.key FROM ${seen})`;
    }
    case 'instances': {
      const instances = COLLECTIONS.processInstances;
      const tests = condition.tests.map((test) => conditionSql(instances, test, values));
      const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`;
      return `t.instance_key IN (SELECT t.key FROM ${instances.table} t ${where})`;
    }
    case 'standsAt':
      values.push(condition.elementId);
      return `EXISTS (SELECT 1 FROM element_instance e
        WHERE e.instance_key = t.key AND e.end_date IS NULL AND e.element_id = ?)`;
    case 'tagged':
      // A quotation mark stands at both ends of a tag, and in none.
      values.push(JSON.stringify(condition.tag));
      return `instr(${fieldOf(spec, 'tags').sql}, ?) > 0`;
    case 'mentions': {
      const quoted = beginning(JSON.stringify(condition.text).slice(0, -1), VARIABLE_PREFIX);
      values.push(
        /^\d{1,16}$/.test(condition.text) ? Number(condition.text) : -1,
        beginning(condition.text, VARIABLE_PREFIX),
        quoted,
        `${quoted}\u{10ffff}`,
      );
      return `(t.key = ? OR t.key IN (SELECT v.instance_key FROM variable v
        WHERE substr(v.value, 1, ${VARIABLE_PREFIX}) = ?
           OR (substr(v.value, 1, ${VARIABLE_PREFIX}) >= ? AND substr(v.value, 1, ${VARIABLE_PREFIX}) < ?)))`;
    }
    case 'any': {
      const branches = condition.branches.map((branch) =>
        branch.length === 0
          ? '1'
          : `(${branch.map((part) => conditionSql(spec, part, values)).join(' AND ')})`,
      );
      return branches.length === 0 ? '1' : `(${branches.join(' OR ')})`;
    }
  }
}

const VARIABLE_TEST: CollectionSpec = {
  table: 'variable',
  key: 'key',
  fields: {
    value: field('string', 'v.value', { sort: false, indexedPrefix: VARIABLE_PREFIX }),
  },
};

/** The first characters of a text, counted as SQLite counts them: by code points. */
function beginning(text: string, length: number): string {
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join('');
}

function toSql(value: Scalar): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** `*` and `?` are GLOB's wildcards too; what only GLOB knows, and what is escaped, stands in brackets. */
function globPattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])|\[/g, (match, escaped: string | undefined) => {
    const literal = escaped ?? match;
    return /[*?[]/.test(literal) ? `[${literal}]` : literal;
  });
}
