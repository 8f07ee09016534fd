import type { ClientCommand } from '../engine/records/command.ts';

/** What task listeners may hold back. */
export function mayBeHeldBack({ valueType }: ClientCommand): boolean {
  return valueType === 'USER_TASK' || valueType === 'VARIABLE_DOCUMENT';
}

/** What an overloaded writer refuses first; completions, time-outs and administration go on. */
export function isNewWork({ valueType, intent }: ClientCommand): boolean {
  return (
    valueType === 'PROCESS_INSTANCE_CREATION' ||
    (valueType === 'MESSAGE' && intent === 'PUBLISH') ||
    valueType === 'MESSAGE_CORRELATION' ||
    valueType === 'SIGNAL' ||
    valueType === 'EXPRESSION' ||
    valueType === 'CONDITIONAL_EVALUATION' ||
    valueType === 'DECISION_EVALUATION'
  );
}
