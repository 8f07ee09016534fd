/** Asks again, ever less often, until the answer is not undefined; an error with the last refusal after a while. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | undefined>,
  withinMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
