import type { SurfaceName } from './world.ts';

/**
 * Scenarios that cannot go as recorded over every way of asking, and what is seen there instead. A way that is not
 * named goes as recorded. Each line is held: a scenario that has come to agree must leave the list.
 */
export const LAWFUL: Readonly<
  Record<string, { readonly why: string } & Partial<Record<SurfaceName, RegExp>>>
> = {
  ...everywhere('what is wrong with the XML stands in a line of its own below Zeebe’s text', {
    'decision/aggregators-of-every-type': /^step 145 .*Unable to parse model\\n/,
    'decision/boxed-expressions-of-every-form': /^step 139 .*Unable to parse model\\n/,
    'deployment/files-of-odd-content': /^step 36 .*Unable to parse model\\n/,
    'decision/refused-models': /^step 1 .*Unable to parse model"\}, but got .*Unable to parse model\\n/,
  }),
  // A scenario's engine does what is due at the next `advance`; a server does it at once.
  ...everywhere('what is due already happens at once', {
    'timer-boundary/date-in-the-past': /^step [23] .*expected nothing, but got \[/,
    'timer-catch/durations-by-expression': /^step [34] .*expected nothing, but got \[/,
    'timer-catch/zero-and-negative-durations': /^step [23] .*expected nothing, but got \[/,
    'timer-start/date-in-the-past': /^step [12] .*expected nothing, but got \["TIMER","TRIGGERED"/,
    'timer-boundary/cycle-texts': /but got \["PROCESS_INSTANCE","ELEMENT_ACTIVATING","BOUNDARY_EVENT"/,
    'timer-boundary/date-texts': /but got \["PROCESS_INSTANCE","ELEMENT_ACTIVATING","BOUNDARY_EVENT"/,
    'timer-start/texts-of-every-form': /but got \["TIMER","TRIGGERED"/,
    'job/odd-commands-in-odd-states': /but got \["JOB","TIMED_OUT"/,
    'job/negative-numbers': /^step 12 .*expected nothing, but got \["JOB","TIMED_OUT"/,
  }),
  'task-listener/refused-results': {
    why: 'no protocol carries an attribute that it does not know',
    gRPC: /^step 6 .*property 'colour' cannot be corrected/,
    REST: /^step 6 .*but got .*colour/,
  },
  'business-id/too-long': {
    why: 'the gateways refuse it before the engine',
    gRPC: /but got .*The provided businessId exceeds the limit of 256 characters/,
    REST: /but got .*The provided businessId exceeds the limit of 256 characters/,
  },
  // Camunda's REST API has words and a status of its own for these.
  'decision/failures': {
    why: 'an unknown decision is not found',
    REST: /^step 2 .*but got \{"code":"NOT_FOUND"/,
  },
  'decision/which-decision': {
    why: 'an unknown decision is not found',
    REST: /but got \{"code":"NOT_FOUND"/,
  },
  'job/commands-in-wrong-states': {
    why: 'changes of jobs are one request',
    REST: /but got .*Command 'UPDATE'/,
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
  'timer-boundary/cycle-texts',
  'timer-boundary/date-texts',
  'timer-start/texts-of-every-form',
  'job/odd-commands-in-odd-states',
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
