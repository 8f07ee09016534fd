/** Tags of process instances, as the REST gateway of Camunda 8.9 checks them before the engine does. */

const MOST_TAGS = 10;
const LONGEST_TAG = 100;
const TAG = /^[a-zA-Z][a-zA-Z0-9_\-:.]*$/;

/** What is wrong with tags, in Camunda's words. */
export function tagProblems(tags: readonly string[]): readonly string[] {
  const wrong = [...new Set(tags)].filter((tag) => tag.length > LONGEST_TAG || !TAG.test(tag));
  return wrong.map(
    (tag) =>
      `The provided tag '${tag}' is not valid. Tags must start with a letter (a-z, A-Z), followed by alphanumerics, ` +
      `underscores, minuses, colons, or periods. It must not be blank and must be ${LONGEST_TAG} characters or less.`,
  );
}

/** What is wrong with the tags of one instance. */
export function ownTagProblems(tags: readonly string[]): readonly string[] {
  const { size } = new Set(tags);
  return [
    ...(size > MOST_TAGS
      ? [
          `The provided number of tags '${size}' is not supported. Ensure to not add more than ${MOST_TAGS} tags.`,
        ]
      : []),
    ...tagProblems(tags),
  ];
}
