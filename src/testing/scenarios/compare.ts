import { isDeepStrictEqual } from 'node:util';
import type { Expected, Json, Scenario, StepOutcome } from './format.ts';

/** The first difference between what was recorded and what happened; undefined if they agree. */
export function firstDifference(
  scenario: Scenario,
  expected: Expected,
  actual: readonly StepOutcome[],
): string | undefined {
  for (const [index, recorded] of expected.steps.entries()) {
    const happened = actual[index];
    if (happened === undefined) return `step ${index + 1} was not reached`;
    const difference = stepDifference(recorded, happened, scenario.looseMessages === true);
    if (difference !== undefined)
      return `step ${index + 1} ${JSON.stringify(scenario.steps[index])}: ${difference}`;
  }
  return undefined;
}

function stepDifference(recorded: StepOutcome, happened: StepOutcome, loose: boolean): string | undefined {
  const rejection = (outcome: StepOutcome) => (loose ? outcome.rejection?.code : outcome.rejection) ?? null;
  if (!isDeepStrictEqual(rejection(recorded), rejection(happened)))
    return told('rejection', recorded.rejection, happened.rejection);
  if (!isDeepStrictEqual(recorded.response, happened.response))
    return told('response', recorded.response, happened.response);
  if (!isDeepStrictEqual(recorded.answers ?? [], happened.answers ?? []))
    return told('answers', recorded.answers, happened.answers);
  const before = sequences(recorded.records);
  const after = sequences(happened.records);
  for (const kind of new Set([...before.keys(), ...after.keys()])) {
    const wanted = before.get(kind) ?? [];
    const got = after.get(kind) ?? [];
    for (let at = 0; at < Math.max(wanted.length, got.length); at++) {
      if (!isDeepStrictEqual(wanted[at], got[at]))
        return told(`${kind} record ${at + 1}`, wanted[at], got[at]);
    }
  }
  return undefined;
}

function told(what: string, wanted: unknown, got: unknown): string {
  const show = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return `${what}: expected ${show(wanted)}, but got ${show(got)}`;
}

type Records = readonly (readonly Json[])[];

/** The records of each kind and instance, in order; the interleaving of kinds is not compared. */
function sequences(records: Records): Map<string, Records> {
  const byKind = new Map<string, (readonly Json[])[]>();
  for (const record of records) {
    const last = record.at(-1);
    const instance = typeof last === 'string' && last.startsWith('@') ? ` ${last}` : '';
    const kind = `${record[0]}${instance}`;
    const list = byKind.get(kind) ?? [];
    list.push(record);
    byKind.set(kind, list);
  }
  return new Map(
    [...byKind].map(([kind, list]) => [kind, kind.startsWith('VARIABLE') ? sortRuns(list) : list]),
  );
}

/** Variables of one scope that stand together, sorted by name. */
function sortRuns(records: Records): Records {
  const sorted: (readonly Json[])[] = [];
  for (let start = 0, stop = 0; start < records.length; start = stop) {
    stop = start + 1;
    while (stop < records.length && records[stop]?.[4] === records[start]?.[4]) stop += 1;
    const name = (record: readonly Json[]) => String(record[2]);
    const run = records.slice(start, stop);
    sorted.push(
      ...run.sort((left, right) => (name(left) < name(right) ? -1 : name(left) > name(right) ? 1 : 0)),
    );
  }
  return sorted;
}
