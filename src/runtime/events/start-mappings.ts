import { parseFilters } from '../../cloudevents/index.ts';
import { definedOf, type StartTarget } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';

/** A start mapping as it is given and shown: data only. */
export interface StartMapping {
  readonly type: string;
  /** Empty when `processDefinitionKey` is given. */
  readonly bpmnProcessId: string;
  /** Absent: the latest. */
  readonly version?: number;
  readonly processDefinitionKey?: number;
  /** Filters as in a subscription: JSON, checked before. */
  readonly filters?: unknown;
  readonly origin: 'file' | 'request';
}

interface Row {
  readonly type: string;
  readonly bpmn_process_id: string;
  readonly process_definition_key: number | null;
  readonly version: number | null;
  readonly filters: string | null;
  readonly origin: 'file' | 'request';
}

/** More mappings than this are refused, as all are kept in memory. */
const MOST = 10_000;

/** Which processes events start without a message, and the message names told over HTTP. In the writer's transaction. */
export class StartMappings {
  readonly #db: Database;
  #byType: Map<string, StartTarget[]> | undefined;
  #names: Set<string> | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Puts the mappings of the configuration in the place of those of the last start. */
  setOfFile(mappings: readonly StartMapping[]): void {
    this.#db.transaction(() => {
      this.#db.run("DELETE FROM start_mapping WHERE origin = 'file'");
      for (const mapping of mappings) this.#insert(mapping);
    });
  }

  /** As the router of 2020 had it: of the mappings that came over HTTP, one for each type; the last one holds. */
  put(mapping: StartMapping): void {
    this.#db.run("DELETE FROM start_mapping WHERE origin = 'request' AND type = ?", mapping.type);
    this.#insert(mapping);
    this.reset();
  }

  addName(workflowKey: string, name: string): void {
    this.#db.run('INSERT OR IGNORE INTO told_message (workflow_key, name) VALUES (?, ?)', workflowKey, name);
    this.reset();
  }

  targets(type: string): readonly StartTarget[] {
    this.#byType ??= this.#read();
    return this.#byType.get(type) ?? [];
  }

  isToldName(name: string): boolean {
    this.#names ??= new Set(this.names().map((told) => told.name));
    return this.#names.has(name);
  }

  list(): StartMapping[] {
    const rows = this.#db.all<Row>(
      'SELECT type, bpmn_process_id, process_definition_key, version, filters, origin FROM start_mapping ORDER BY number LIMIT ?',
      MOST,
    );
    return rows.map(mappingOf);
  }

  names(): { readonly workflowKey: string; readonly name: string }[] {
    const rows = this.#db.all<{ workflow_key: string; name: string }>(
      'SELECT workflow_key, name FROM told_message ORDER BY workflow_key, name LIMIT ?',
      MOST,
    );
    return rows.map(({ workflow_key, name }) => ({ workflowKey: workflow_key, name }));
  }

  /** The tables are to be read again: they changed, or a change was undone. */
  reset(): void {
    this.#byType = undefined;
    this.#names = undefined;
  }

  #insert({ type, bpmnProcessId, processDefinitionKey, version, filters, origin }: StartMapping): void {
    this.#db.run(
      `INSERT INTO start_mapping (type, bpmn_process_id, process_definition_key, version, filters, origin)
        VALUES (?, ?, ?, ?, ?, ?)`,
      type,
      bpmnProcessId,
      processDefinitionKey ?? null,
      version ?? null,
      filters === undefined ? null : JSON.stringify(filters),
      origin,
    );
  }

  #read(): Map<string, StartTarget[]> {
    const byType = new Map<string, StartTarget[]>();
    for (const { type, bpmnProcessId, version, processDefinitionKey, filters } of this.list()) {
      const target = definedOf<StartTarget>({
        bpmnProcessId,
        version,
        processDefinitionKey,
        filter: filters === undefined ? undefined : parseFilters(filters),
      });
      byType.set(type, [...(byType.get(type) ?? []), target]);
    }
    return byType;
  }
}

function mappingOf(row: Row): StartMapping {
  return {
    type: row.type,
    bpmnProcessId: row.bpmn_process_id,
    ...(row.version !== null && { version: row.version }),
    ...(row.process_definition_key !== null && { processDefinitionKey: row.process_definition_key }),
    ...(row.filters !== null && { filters: JSON.parse(row.filters) as unknown }),
    origin: row.origin,
  };
}
