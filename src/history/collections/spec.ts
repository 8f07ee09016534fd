import type { SQLInputValue } from 'node:sqlite';
import type { ElementOwner } from '../../engine/records/record.ts';

/**
 * What a collection is: a table of the read model, and the fields by which it is shown, searched and sorted. Field
 * names are those of Camunda's REST API, so that a surface can show rows as they come; the SQL beside them is where
 * the value stands. A collection is one file here and one line in `../collections.ts`.
 */

/** `key`: a decimal string at the ports; `date`: ISO 8601 at the ports, epoch ms inside; `json`: an exact JSON text. */
export type FieldType = 'key' | 'string' | 'int' | 'date' | 'bool' | 'json';

/** `single`: only where one entity is read; `never`: only to search by. */
export type Shown = 'always' | 'single' | 'never';

export interface FieldSpec {
  readonly type: FieldType;
  /** SQL on the row `t`. */
  readonly sql: string;
  readonly nullable: boolean;
  readonly shown: Shown;
  /** False for what cannot be searched by. */
  readonly filter: boolean;
  readonly sort: boolean;
  /** All values that a text can have. */
  readonly values?: readonly string[];
  /** Long texts are indexed by so many of their first characters. */
  readonly indexedPrefix?: number;
  /** What is shown where there is no value. @defaultValue null */
  readonly absent?: string;
}

/** A table whose rows are written as patches: columns by name, without the key. */
export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, 'TEXT' | 'INTEGER'>>;
  /** What stands after `CREATE INDEX`, by index: `NAME ON TABLE (…)`. */
  readonly indexes: readonly string[];
}

/** Rows of another table of which at least one has to pass: a filter on an instance's elements, incidents or jobs. */
export interface RelationSpec {
  /** What stands between `FROM` and the tests: `TABLE r WHERE …`. */
  readonly from: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

/** Rows made of groups of another collection's rows. */
export interface GroupSpec {
  readonly of: CollectionSpec;
  /** Columns of a group, by name; `:step` stands for the step of the query. */
  readonly columns: Readonly<Record<string, string>>;
  readonly by: readonly string[];
}

export interface CollectionSpec {
  /** A table, or a query in parentheses. */
  readonly table: string;
  /** The field that identifies a row and breaks ties of the order. */
  readonly key: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Narrows the table, where not every row belongs to the collection. */
  readonly where?: string;
  readonly relations?: Readonly<Record<string, RelationSpec>>;
  /** Filters on variables, by name: which variables `v` are meant. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly groups?: GroupSpec;
  /** Where the REST API has it; absent if it does not. */
  readonly rest?: RestSpec;
}

export interface RestSpec {
  /** Below `/v2/`. */
  readonly path: string;
  /** How messages call one entity. */
  readonly entity: string;
  readonly search: boolean;
  /** One entity can be read by its key. */
  readonly get: boolean;
}

export type Patch = Readonly<Record<string, SQLInputValue>>;

/** Where projections write: a patch names only what it knows; null and absent columns keep the stored value. */
export interface RowSink {
  put(table: string, key: number, patch: Patch): void;
  /** The row as it is after what was put. */
  get(table: string, key: number): Patch | undefined;
}

interface FieldOptions {
  readonly nullable?: boolean;
  readonly shown?: Shown;
  readonly filter?: boolean;
  readonly sort?: boolean;
  readonly values?: readonly string[];
  readonly indexedPrefix?: number;
  readonly absent?: string;
}

type Resolved<Type extends FieldType, Options extends FieldOptions> = FieldSpec & {
  readonly type: Type;
  readonly nullable: Options['nullable'] extends true ? true : false;
  readonly shown: Options['shown'] extends Shown ? Options['shown'] : 'always';
} & (Options['values'] extends readonly string[] ? { readonly values: Options['values'] } : unknown);

/** A field that is never null, can be searched by and sorted by, unless the options say otherwise. */
export function field<const Type extends FieldType, const Options extends FieldOptions = object>(
  type: Type,
  sql: string,
  options?: Options,
): Resolved<Type, Options> {
  const { nullable = false, shown = 'always', filter = true, sort = true, ...rest } = options ?? {};
  return { type, sql, nullable, shown, filter, sort, ...rest } as Resolved<Type, Options>;
}

/** Options that recur. */
export const NULLABLE = { nullable: true } as const;
export const UNSORTED = { sort: false } as const;
export const ONLY_SHOWN = { filter: false, sort: false } as const;
export const ONLY_SEARCHED = { shown: 'never', sort: false } as const;
export const NULLABLE_UNSORTED = { nullable: true, sort: false } as const;

/** The only tenant there is. */
export const tenantId = field('string', `'<default>'`);

/** The instance at the top of the calls. Rows of no instance have none. */
export const rootProcessInstanceKey = field(
  'key',
  `(SELECT p.root_key FROM process_instance p WHERE p.key = t.instance_key)`,
  NULLABLE_UNSORTED,
);

/** Name of the row's element in its model. */
export const ELEMENT_NAME = `(SELECT d.element_names ->> t.element_id FROM process_definition d WHERE d.key = t.definition_key)`;
export const DEFINITION_NAME = `(SELECT d.name FROM process_definition d WHERE d.key = t.definition_key)`;

/** Keys of the instances with an open incident of their own or in what they called: a query in parentheses. */
export const INSTANCES_WITH_INCIDENT = `(WITH RECURSIVE hit (key) AS (
  SELECT i.instance_key FROM incident i WHERE i.state = 'ACTIVE'
  UNION SELECT p.parent_instance_key FROM hit JOIN process_instance p ON p.key = hit.key
    WHERE p.parent_instance_key IS NOT NULL)
  SELECT key FROM hit)`;

/** Of tables: to which instance, element and definition a row belongs. */
export const OWNER_COLUMNS = {
  instance_key: 'INTEGER',
  element_key: 'INTEGER',
  element_id: 'TEXT',
  process_id: 'TEXT',
  definition_key: 'INTEGER',
} as const;

type Value<Field extends FieldSpec> = Field['type'] extends 'key' | 'date'
  ? string
  : Field['type'] extends 'int'
    ? number
    : Field['type'] extends 'bool'
      ? boolean
      : Field['type'] extends 'json'
        ? unknown
        : Field extends { readonly values: readonly (infer Known)[] }
          ? Known
          : string;

/** A row as REST shows it; `json` members are what their text says. */
export type Rendered<Spec extends CollectionSpec, One extends boolean = false> = {
  readonly [Name in keyof Spec['fields'] as Spec['fields'][Name]['shown'] extends 'always'
    ? Name
    : Spec['fields'][Name]['shown'] extends 'single'
      ? One extends true
        ? Name
        : never
      : never]: Value<Spec['fields'][Name]> | (Spec['fields'][Name]['nullable'] extends true ? null : never);
};

/** Zeebe's -1 for "none". */
export function orNull(key: number | undefined): number | null {
  return key === undefined || key < 0 ? null : key;
}

/** The columns of {@link OWNER_COLUMNS}. */
export function owner(value: ElementOwner): Patch {
  return {
    instance_key: value.processInstanceKey,
    element_key: value.elementInstanceKey,
    element_id: value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
  };
}
