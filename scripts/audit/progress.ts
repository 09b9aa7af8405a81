/** One line on a terminal, rewritten a few times a second; nothing where nobody looks. */
import { number } from "./outcome.ts";

const EVERY_MS = 200;

export interface Progress {
  readonly step: (read: number, size: number) => void;
  /** Removes the line. */
  readonly done: () => void;
}

export function progressLine(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { step() {}, done() {} };
  const startedAt = performance.now();
  let shownAt = -Infinity;
  return {
    step(read, size) {
      const now = performance.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      const rate = Math.round((read * 1_000) / (now - startedAt));
      const share = size === 0 ? 100 : Math.floor((read * 100) / size);
      stream.write(`\r\u001b[K  ${number(read)} of ${number(size)} events, ${share} %, ${number(rate)}/s`);
    },
    done: () => void stream.write("\r\u001b[K"),
  };
}

/** How long it took, and what it needed. */
export function measure(): () => { seconds: number; peakMemoryBytes: number } {
  const startedAt = performance.now();
  return () => ({
    seconds: Math.round(performance.now() - startedAt) / 1_000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
  });
}
