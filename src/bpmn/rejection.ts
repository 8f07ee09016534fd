/** The reason with which a deployment is refused. `problems` are the blocks of its resources, in their order. */
export function rejectionText(problems: readonly string[]): string {
  return `Expected to deploy new resources, but encountered the following errors:\n${problems.join('\n')}`;
}
