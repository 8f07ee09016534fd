/** Tells whether sentences are true, one after the other, as the suites in other languages do. */
export async function tellAll(
  sentences: readonly (readonly [sentence: string, test: () => Promise<void>])[],
): Promise<boolean> {
  let failed = 0;
  for (const [sentence, test] of sentences) {
    try {
      await test();
      console.log(`  ok      ${sentence}`);
    } catch (error) {
      failed += 1;
      console.log(`  FAILED  ${sentence}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return failed === 0;
}
