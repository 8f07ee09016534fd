import type { DatabaseSync } from 'node:sqlite';
import type { LiveState } from '../store/live-state.ts';
import { type Changes, RowBuffer } from './buffer.ts';
import type { CollectionName } from './collections.ts';
import { type ComplianceInstance, complianceInstance } from './compliance/instance.ts';
import { ComplianceProjection } from './compliance/projection.ts';
import {
  type ComplianceFigures,
  type ComplianceFilter,
  complianceDeviations,
  complianceFigures,
  compliancePlaces,
  type DeviationPage,
  type DeviationQuery,
  type PlaceFigures,
} from './compliance/queries.ts';
import { Deletions } from './deletions.ts';
import { forgetHistory, forgetInstances } from './forget.ts';
import { JobMetrics } from './job-metrics.ts';
import { callHierarchy, decisionXml, startFormOf, takenFlows } from './lookups.ts';
import { openReadModel } from './open.ts';
import { project } from './projection.ts';
import { JournalLostError } from './readmodel.ts';
import { isOfJournal, prepareSchema, readMeta, rebuildSchema } from './schema.ts';
import { find, type Row, type SearchQuery, type SearchResult, search } from './search.ts';
import { seed, seedCompliance } from './seed.ts';
import type { PositionedRecord, RecordSource } from './source.ts';
import { atomically, giveBack, usedBytes } from './space.ts';
import {
  type DefinitionOverview,
  definitionOverviews,
  type ElementStatistics,
  elementStatistics,
  type InstancePage,
  type InstanceView,
  instancePage,
  instanceView,
} from './views.ts';

/** What may be asked of the read model; arguments and answers are plain data that can cross a thread. */
export interface HistoryQueries {
  search(query: SearchQuery): SearchResult;
  /** The row with this key; a text where the collection's key is one. */
  find(collection: CollectionName, key: number | string): Row | undefined;
  /** XML of a deployed or deleted definition. */
  definitionXml(definitionKey: number): string | undefined;
  /** DMN of a decision, or of decision requirements, by its key. */
  decisionXml(key: number): string | undefined;
  /** Id of the form of a definition's start event. */
  startForm(definitionKey: number): string | undefined;
  /** An instance and those that called it, from the root on; empty if there is none. */
  callHierarchy(instanceKey: number): Row[];
  /** Ids of the sequence flows that an instance took. */
  takenFlows(instanceKey: number): string[];
  instancePage(query: SearchQuery): InstancePage;
  instanceView(instanceKey: number): InstanceView | undefined;
  elementStatistics(definitionKey: number): ElementStatistics[];
  definitionOverviews(): DefinitionOverview[];
  complianceFigures(filter: ComplianceFilter): ComplianceFigures[];
  compliancePlaces(filter: ComplianceFilter & { readonly processId: string }): PlaceFigures[];
  complianceDeviations(query: DeviationQuery): DeviationPage;
  complianceInstance(processInstanceKey: number): ComplianceInstance | undefined;
  /** Forgets about `limit` rows of instances that ended before a time; answers how many: 0 when none are left. */
  forget(before: number, limit: number): number;
  /**
   * If the rows take more than `keepBytes`: forgets about `limit` rows of the instances that ended first, though not of
   * those that ended after `before` (epoch ms). Answers how many: 0 when nothing is left to do.
   */
  shrink(keepBytes: number, before: number, limit: number): number;
  /** Gives about so many free pages of the file back to the system, if many are free; answers how many. */
  giveBack(pages: number): number;
  /** Position up to which the journal may be pruned by age (epoch ms) and size, never past what the tables show. */
  journalCut(before: number, keepBytes: number): number;
}

export type HistoryQueryName = keyof HistoryQueries;

/**
 * The read model: tables projected from the journal, and the queries on them. Synchronous and single-threaded; the
 * product runs it in a worker (see `client.ts`), tests may use it as it is.
 *
 * Invariants
 * - H1 Rows and the position they stand for change in one transaction.
 * - H2 Records are applied in order, each exactly once.
 * - H3 The file holds nothing that the journal and the state do not: a missing, outdated or damaged file is built again. If it shows
 *   more than the journal holds, the journal has lost something, and nothing is started on it.
 */
export class History implements HistoryQueries {
  readonly #database: DatabaseSync;
  readonly #source: RecordSource;
  #rows: RowBuffer;
  #compliance: ComplianceProjection;
  #metrics: JobMetrics;
  #deletions: Deletions;
  #position: number;
  #timestamp: number;
  /** What is still to be filled in when the tables stand at its position. */
  #live: LiveState | undefined;

  /**
   * Opens or makes the file (`:memory:` for none); takes over `source` and closes it.
   * @param jobTypes types of the jobs that the router serves
   */
  constructor(file: string, source: RecordSource, jobTypes: readonly string[] = ['cloudevents', 'knative']) {
    this.#source = source;
    this.#database = openReadModel(file);
    try {
      // What a crash may take from this file is projected again, so its commits need not be synced one by one.
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY',
      );
      prepareSchema(this.#database);
      const found = readMeta(this.#database);
      const shown = found?.position ?? 0;
      if (shown > source.last()) throw new JournalLostError(file, shown, source.last());
      const halfDone = found !== undefined && !found.complete && found.position > 0;
      if (halfDone || !isOfJournal(found, source)) rebuildSchema(this.#database);
      const meta = readMeta(this.#database);
      this.#position = meta?.position ?? 0;
      this.#timestamp = meta?.timestamp ?? 0;
      this.#rows = new RowBuffer(this.#database);
      this.#compliance = new ComplianceProjection(this.#database, this.#rows, jobTypes);
      this.#metrics = new JobMetrics(this.#database);
      this.#deletions = new Deletions(this.#database);
      if (!meta?.complete) this.#begin();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Of new tables: if the journal has lost its beginning, what lives is filled in when they have caught up. */
  #begin(): void {
    if (this.#source.oldest() > 1) this.#live = this.#source.live?.();
    const live = this.#live;
    if (live === undefined) this.#database.exec('UPDATE meta SET complete = 1');
    else atomically(this.#database, () => seedCompliance(this.#compliance, this.#source, live));
  }

  #closeLive(): void {
    this.#live?.close();
    this.#live = undefined;
  }

  /** Position of the last record that the tables show. */
  position(): number {
    return this.#position;
  }

  /** Time of that record, epoch ms; 0 before the first. */
  timestamp(): number {
    return this.#timestamp;
  }

  /** Position of the last record of the journal. */
  sourcePosition(): number {
    return this.#source.last();
  }

  /**
   * Takes the next records, about `limit`, in one transaction. Undefined when there is nothing to take.
   * @param upTo position of the last record that is known to be on disk: what is lost with the machine is not shown before
   */
  advance(limit = 5000, upTo = Number.POSITIVE_INFINITY): Changes | undefined {
    const bound = Math.min(upTo, this.#live?.position ?? upTo);
    if (Math.min(bound, this.#source.last()) <= this.#position) return undefined;
    const changes: Changes = { instances: new Set(), definitions: false };
    let last: PositionedRecord | undefined;
    try {
      atomically(this.#database, () => {
        for (const positioned of this.#source.read(this.#position, limit, true)) {
          if (positioned.position > bound) break;
          last = positioned;
          project(positioned, this.#rows, changes);
          this.#compliance.take(positioned.record);
          this.#metrics.take(positioned.record);
          this.#deletions.take(positioned.record);
        }
        if (last === undefined) return;
        this.#compliance.flush();
        this.#metrics.flush();
        this.#rows.flush();
        this.#deletions.flush();
        if (this.#live?.position === last.position) {
          seed(this.#database, changes, this.#live);
          this.#database.exec('UPDATE meta SET complete = 1');
        }
        this.#database
          .prepare('UPDATE meta SET position = ?, timestamp = ? WHERE id = 1')
          .run(last.position, last.record.timestamp);
      });
    } catch (error) {
      this.#rows.discard();
      this.#compliance.discard();
      this.#metrics.discard();
      this.#deletions.discard();
      throw error;
    }
    if (last === undefined) return undefined;
    if (this.#live?.position === last.position) this.#closeLive();
    this.#position = last.position;
    this.#timestamp = last.record.timestamp;
    return changes;
  }

  /** Takes all that the journal has now. */
  catchUp(): void {
    while (this.advance() !== undefined);
  }

  search(query: SearchQuery): SearchResult {
    return search(this.#database, query);
  }

  find(collection: CollectionName, key: number | string): Row | undefined {
    return find(this.#database, collection, key);
  }

  definitionXml(definitionKey: number): string | undefined {
    const row = this.#database.prepare('SELECT xml FROM process_definition WHERE key = ?').get(definitionKey);
    return typeof row?.['xml'] === 'string' ? row['xml'] : undefined;
  }

  decisionXml(key: number): string | undefined {
    return decisionXml(this.#database, key);
  }

  startForm(definitionKey: number): string | undefined {
    return startFormOf(this.#database, definitionKey);
  }

  callHierarchy(instanceKey: number): Row[] {
    return callHierarchy(this.#database, instanceKey);
  }

  takenFlows(instanceKey: number): string[] {
    return takenFlows(this.#database, instanceKey);
  }

  instancePage(query: SearchQuery): InstancePage {
    return instancePage(this.#database, query);
  }

  instanceView(instanceKey: number): InstanceView | undefined {
    return instanceView(this.#database, instanceKey);
  }

  elementStatistics(definitionKey: number): ElementStatistics[] {
    return elementStatistics(this.#database, definitionKey);
  }

  definitionOverviews(): DefinitionOverview[] {
    return definitionOverviews(this.#database);
  }

  complianceFigures(filter: ComplianceFilter): ComplianceFigures[] {
    return complianceFigures(this.#database, filter);
  }

  compliancePlaces(filter: ComplianceFilter & { readonly processId: string }): PlaceFigures[] {
    return compliancePlaces(this.#database, filter);
  }

  complianceDeviations(query: DeviationQuery): DeviationPage {
    return complianceDeviations(this.#database, query);
  }

  complianceInstance(processInstanceKey: number): ComplianceInstance | undefined {
    return complianceInstance(this.#database, processInstanceKey);
  }

  forget(before: number, limit: number): number {
    return atomically(this.#database, () => forgetHistory(this.#database, before, limit));
  }

  shrink(keepBytes: number, before: number, limit: number): number {
    if (usedBytes(this.#database) <= keepBytes) return 0;
    return atomically(this.#database, () => forgetInstances(this.#database, before, limit));
  }

  giveBack(pages: number): number {
    return giveBack(this.#database, pages);
  }

  journalCut(before: number, keepBytes: number): number {
    return Math.min(this.#position, this.#source.cut(before, keepBytes));
  }

  close(): void {
    this.#closeLive();
    this.#database.close();
    this.#source.close();
  }
}
