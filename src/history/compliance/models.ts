import type { DatabaseSync } from 'node:sqlite';
import type { ComplianceModel } from '../../compliance/index.ts';

/** The event places of all versions that were deployed; a version never changes. */
export class Models {
  readonly #database: DatabaseSync;
  readonly #byKey = new Map<number, ComplianceModel>();
  readonly #byAwaited = new Map<string, ComplianceModel[]>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.reload();
  }

  get(processDefinitionKey: number): ComplianceModel | undefined {
    return this.#byKey.get(processDefinitionKey);
  }

  /** Models that await events of this type. */
  hearing(eventType: string): readonly ComplianceModel[] {
    return this.#byAwaited.get(eventType) ?? [];
  }

  put(model: ComplianceModel): void {
    this.#database
      .prepare(
        'INSERT OR REPLACE INTO compliance_model (definition_key, process_id, version, model) VALUES (?, ?, ?, ?)',
      )
      .run(model.processDefinitionKey, model.bpmnProcessId, model.version, JSON.stringify(model));
    this.#remember(model);
  }

  reload(): void {
    this.#byKey.clear();
    this.#byAwaited.clear();
    for (const { model } of this.#database.prepare('SELECT model FROM compliance_model').all())
      this.#remember(JSON.parse(String(model)));
  }

  #remember(model: ComplianceModel): void {
    this.#byKey.set(model.processDefinitionKey, model);
    for (const type of new Set(model.places.flatMap(({ awaits }) => awaits ?? [])))
      this.#byAwaited.set(type, [...(this.#byAwaited.get(type) ?? []), model]);
  }
}
