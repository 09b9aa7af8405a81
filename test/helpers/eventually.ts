/** Looks again until it holds: for what another process or chain brings about, on which there is no clock to inject. */
export async function eventually<T>(
  look: () => Promise<T | null | undefined | false>,
  what: string,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`in ${timeoutMs} ms it did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
