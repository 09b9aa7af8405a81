/** Load, closed and open. */
import type { Reply } from "./http.ts";
import type { Random } from "./random.ts";
import { endingsPerSecond } from "./statistics.ts";

type Send = () => Promise<Reply>;

export interface Flood {
  readonly offered: number;
  readonly replies: readonly Reply[];
  /** What was answered with nothing: by the error's code. */
  readonly broken: readonly string[];
  /** How late each request was sent, in ms: more than a little, and it was not the load that was asked for. */
  readonly lateness: readonly number[];
  /** From the first request to the last answer. */
  readonly seconds: number;
}

const WARM_UP_MS = 2_000;
const MEASURE_MS = 6_000;
/** Enough that a core never waits for the next request, few enough that none is refused. */
const IN_FLIGHT = 16;

/** Verifications a second when there is always another one waiting. */
export async function capacityOf(send: Send): Promise<number> {
  const { perSecond } = await closedLoop({
    send,
    inFlight: IN_FLIGHT,
    warmUpMs: WARM_UP_MS,
    measureMs: MEASURE_MS,
  });
  return perSecond;
}

/** Each of so many clients sends its next request when the last was answered. Counts what is served in time. */
export async function closedLoop(options: {
  readonly send: Send;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}): Promise<{
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly replies: readonly Reply[];
}> {
  const from = performance.now() + options.warmUpMs;
  const to = from + options.measureMs;
  const replies: Reply[] = [];
  const endings: number[] = [];
  const work = async () => {
    while (performance.now() < to) {
      const reply = await options.send();
      const now = performance.now();
      if (reply.status !== 200 && reply.status !== 202) continue;
      endings.push(now);
      if (now >= from && now < to) replies.push(reply);
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, work));
  const perSecond = endingsPerSecond(endings, from, to);
  return { perSecond, replies, latencies: replies.map(({ ms }) => ms) };
}

/** Sends at random times (a Poisson process) of the given rate, however long the answers take; then awaits them all. */
export async function flood(options: {
  readonly perSecond: number;
  readonly seconds: number;
  readonly random: Random;
  readonly send: Send;
}): Promise<Flood> {
  const { perSecond, seconds, random, send } = options;
  const replies: Reply[] = [];
  const broken: string[] = [];
  const lateness: number[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  const gap = () => (-Math.log(1 - random.next()) * 1000) / perSecond;
  let due = startedAt + gap();
  while (due < startedAt + seconds * 1000) {
    const now = performance.now();
    if (now < due) {
      await new Promise((resolve) => setTimeout(resolve, due - now));
      continue;
    }
    lateness.push(now - due);
    pending.push(
      send().then(
        (reply) => void replies.push(reply),
        (error: NodeJS.ErrnoException) => void broken.push(error.code ?? error.message),
      ),
    );
    due += gap();
  }
  await Promise.all(pending);
  return {
    offered: pending.length,
    replies,
    broken,
    lateness,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
