import { firstDifference } from './compare.ts';
import type { ScenarioFolder } from './folders.ts';
import type { Json, StepOutcome } from './format.ts';
import { type Line, lineOf } from './project.ts';
import { Session, type SessionOptions } from './session.ts';
import { heldBackAnswers, runStep } from './steps.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly group: string;
  /** Absent if the scenario went as recorded. */
  readonly difference?: string;
  readonly outcomes: readonly StepOutcome[];
  readonly session: Session;
}

/** Plays a scenario on an empty engine and compares it with its recording. Never throws for what the engine does. */
export async function runScenario(
  folder: ScenarioFolder,
  options: SessionOptions = {},
): Promise<ScenarioResult> {
  const { name, group, scenario, expected } = folder;
  const session = new Session(folder.folder, scenario.startAt, options);
  const steps: { reply: Omit<StepOutcome, 'records'>; lines: readonly Line[] }[] = [];
  let failure: string | undefined;
  for (const [index, step] of scenario.steps.entries()) {
    const first = session.log.length;
    try {
      session.step = index + 1;
      const reply = await runStep(session, step);
      const answers = heldBackAnswers(session);
      const names = { now: session.now, elementId: (key: number) => session.tracker.elementId(key) };
      const lines = session.log.slice(first).flatMap((record) => lineOf(record, names) ?? []);
      for (const { instanceKey } of lines) if (instanceKey !== undefined) session.instanceName(instanceKey);
      steps.push({ reply: answers.length === 0 ? reply : { ...reply, answers }, lines });
    } catch (error) {
      const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      failure = `step ${index + 1} ${JSON.stringify(step)}: ${told}`;
      break;
    }
  }
  const tagged = session.instanceCount > 1;
  const outcomes: StepOutcome[] = steps.map(({ reply, lines }) => ({
    ...reply,
    records: lines.map((line) => tag(line, session, tagged)),
  }));
  const difference = firstDifference(
    scenario,
    { ...expected, steps: expected.steps.slice(0, outcomes.length) },
    outcomes,
  );
  const found = difference ?? failure;
  return { name, group, session, outcomes, ...(found !== undefined && { difference: found }) };
}

/** The line of a record, with the name of its instance where there are several. */
export function tag({ fields, instanceKey }: Line, session: Session, tagged: boolean): readonly Json[] {
  return tagged && instanceKey !== undefined ? [...fields, `@${session.instanceName(instanceKey)}`] : fields;
}
