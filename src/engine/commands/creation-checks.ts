import { Rejection } from '../processing/rejection.ts';
import type { CreationRequest } from '../records/command.ts';

/** Tags of one process instance. */
const MAX_TAGS = 10;
const TAG = /^[A-Za-z][A-Za-z0-9_\-:.]{0,99}$/;
/** Characters of a business id. */
const MAX_BUSINESS_ID = 256;

/** Refuses a creation, in Camunda's words. */
export function refuseCreation(rest: string): never {
  throw new Rejection('INVALID_ARGUMENT', `Expected to create instance of process with ${rest}`);
}

/** The tags of a request without repetitions. Refuses too many and malformed ones, with Camunda's texts. */
export function checkedTags({ tags = [] }: CreationRequest): readonly string[] {
  const unique = [...new Set(tags)];
  if (unique.length > MAX_TAGS)
    refuseCreation(`tags, but the number of tags exceeds the limit of ${MAX_TAGS}.`);
  const invalid = unique.filter((tag) => !TAG.test(tag));
  if (invalid.length > 0)
    refuseCreation(
      `tags, but the tags '${invalid.join("', '")}' are invalid. Tags must start with a letter (a-z, A-Z), followed by ` +
        `alphanumerics, underscores, minuses, colons, or periods. It must not be blank and must be 100 characters or less.`,
    );
  return unique;
}

/** The business id of a request; empty if there is none. */
export function checkedBusinessId({ businessId = '' }: CreationRequest): string {
  if (businessId.length > MAX_BUSINESS_ID)
    refuseCreation(`a valid business id, but the business id exceeds the max length of ${MAX_BUSINESS_ID}.`);
  return businessId;
}
