import type { SurfaceName } from './world.ts';

/**
 * Scenarios that cannot go as recorded over every way of asking, and what is seen there instead. A way that is not
 * named goes as recorded. Each line is held: a scenario that has come to agree must leave the list.
 */
export const LAWFUL: Readonly<
  Record<string, { readonly why: string } & Partial<Record<SurfaceName, RegExp>>>
> = {
  ...everywhere('what is wrong with the XML stands in a line of its own below Zeebe’s text', {
    'decision/refused-models': /^step 1 .*Unable to parse model"\}, but got .*Unable to parse model\\n/,
  }),
  // A scenario's engine does what is due at the next `advance`; a server does it at once.
  ...everywhere('what is due already happens at once', {
    'timer-boundary/date-in-the-past': /^step [23] .*expected nothing, but got \[/,
    'timer-catch/durations-by-expression': /^step [34] .*expected nothing, but got \[/,
    'timer-catch/zero-and-negative-durations': /^step [23] .*expected nothing, but got \[/,
    'timer-start/date-in-the-past': /^step [12] .*expected nothing, but got \["TIMER","TRIGGERED"/,
    'job/negative-numbers': /^step 12 .*expected nothing, but got \["JOB","TIMED_OUT"/,
  }),
  'task-listener/refused-results': {
    why: 'no protocol carries an attribute that it does not know',
    gRPC: /^step 6 .*property 'colour' cannot be corrected/,
    REST: /^step 6 .*but got .*colour/,
  },
  // Camunda's REST API refuses before the engine is asked.
  ...overRest({
    'error/empty-code': 'No errorCode provided.',
    'error/without-a-code': 'No errorCode provided.',
    'job/error-caught-with-variables': 'No errorCode provided.',
    'job/activation-order-and-variables':
      "The value for maxJobsToActivate is '0' but must be greater than 0.",
    'job/activation-with-bad-arguments': 'No type provided.',
    'message-publish/odd-arguments': 'No name provided.',
    'message-publish/without-a-name': 'No name provided.',
    'migration/no-mapping': 'No mappingInstructions provided.',
    'migration/refused': 'No mappingInstructions provided.',
    'signal/odd-arguments': 'No signalName provided.',
    'variables/set-in-scopes': 'No variables provided.',
  }),
};

/** What is said of scenarios whose times are in the past depends on when the records are looked at. */
export const MAY_AGREE: ReadonlySet<string> = new Set([
  'timer-boundary/date-in-the-past',
  'timer-catch/durations-by-expression',
  'timer-catch/zero-and-negative-durations',
  'timer-start/date-in-the-past',
  'job/negative-numbers',
]);

function everywhere(why: string, scenarios: Readonly<Record<string, RegExp>>) {
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, told]) => [
      name,
      { why, 'in process': told, gRPC: told, REST: told },
    ]),
  );
}

function overRest(scenarios: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, text]) => {
      const escaped = JSON.stringify({ code: 'INVALID_ARGUMENT', message: text }).replace(
        /[.*+?^${}()|[\]\\]/g,
        '\\$&',
      );
      return [name, { why: 'REST refuses it before the engine', REST: new RegExp(`but got ${escaped}$`) }];
    }),
  );
}
