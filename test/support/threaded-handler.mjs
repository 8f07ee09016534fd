/** The handler of a threaded worker: it runs on a thread of its own, and asks the client on the main one. */
// biome-ignore lint/style/noDefaultExport: the client takes the default export
export default async function handle(job, client) {
  const { brokers } = await client.getTopology();
  return job.complete({ sum: job.variables.a + job.variables.b, brokers: brokers.length });
}
