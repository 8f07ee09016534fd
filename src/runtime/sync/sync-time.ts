import type { FromWriter } from '../protocol.ts';

/** The same message, with the time that the sync of its commit took, ms, in its sample. */
export function withSync(message: FromWriter, ms: number): FromWriter {
  if (message.type !== 'outcome' || message.outcome.sample === undefined) return message;
  const { sample } = message.outcome;
  return {
    ...message,
    outcome: {
      ...message.outcome,
      sample: { ...sample, commitMs: sample.commitMs + ms, totalMs: sample.totalMs + ms },
    },
  };
}
