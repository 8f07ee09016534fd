import type { IncidentType } from '../records/record.ts';

/** Thrown while an element is worked on, where the instance cannot go on: becomes an incident at that element. */
export class IncidentError extends Error {
  readonly errorType: IncidentType;
  /** Where the variables that were missing or wrong are to be set; the element itself if undefined. */
  readonly variableScopeKey: number | undefined;

  constructor(errorType: IncidentType, message: string, variableScopeKey?: number) {
    super(message);
    this.name = 'IncidentError';
    this.errorType = errorType;
    this.variableScopeKey = variableScopeKey;
  }
}
