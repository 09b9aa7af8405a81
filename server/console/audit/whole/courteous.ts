import type { LedgerSource, StatedEvent } from "../../../ports/audit.ts";

/** So few that the page never waits long for its turn, even where each takes a millisecond. */
const SLICE = 32;
/** A frame has 16 ms, of which the browser wants some. */
const TURN_MS = 10;

/**
 * The source, read so that the page stays alive: between slices of events the browser gets to paint and to be clicked.
 *
 * Not a Web Worker: `new Worker(url)` is one of the sinks of trusted types, and would take a policy on a page that has
 * none; and the worker, with the policy of its own answer, headers for that file. This way nothing is loosened.
 *
 * @param signal ends the reading with its reason
 */
export function courteous(source: LedgerSource, signal: AbortSignal): LedgerSource {
  return {
    ...source,
    async open(from) {
      signal.throwIfAborted();
      const ledger = await source.open(from);
      return { ...ledger, events: () => slices(ledger.events(), signal) };
    },
  };
}

async function* slices(
  pages: AsyncIterable<readonly StatedEvent[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly StatedEvent[], void> {
  let turn = performance.now();
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += SLICE) {
      yield page.slice(at, at + SLICE);
      if (performance.now() - turn < TURN_MS) continue;
      await breath();
      signal.throwIfAborted();
      turn = performance.now();
    }
  }
}

/** A message to oneself: unlike a timer it comes at once, and is not slowed down while the page is hidden. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
