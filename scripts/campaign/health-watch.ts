/**
 * Asks for /health/live at a steady rate, from a thread of its own: what keeps the load generator busy must not look
 * like a slow service.
 */
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { httpClient } from "./http.ts";

export interface HealthChecks {
  readonly latencies: readonly number[];
  readonly failed: number;
  /** The watching thread's own delay, p99 in ms: less than this it cannot tell. */
  readonly ownLagMs: number;
}

export interface HealthWatch {
  stop(): Promise<HealthChecks>;
  abandon(): Promise<unknown>;
}

export function watchHealth(url: string, perSecond: number): HealthWatch {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url, perSecond } });
  return {
    async stop() {
      const answered = once(worker, "message") as Promise<[HealthChecks]>;
      worker.postMessage("stop");
      return (await answered)[0];
    },
    abandon: () => worker.terminate(),
  };
}

if (!isMainThread && parentPort !== null) await watch(parentPort);

async function watch(port: NonNullable<typeof parentPort>): Promise<void> {
  const { url, perSecond } = workerData as { url: string; perSecond: number };
  const client = httpClient(url, 8);
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  let failed = 0;
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const timer = setInterval(() => {
    pending.push(
      client.get("/health/live").then(
        (reply) => {
          if (reply.status === 200) latencies.push(reply.ms);
          else failed++;
        },
        () => void failed++,
      ),
    );
  }, 1000 / perSecond);
  await once(port, "message");
  clearInterval(timer);
  await Promise.all(pending);
  client.close();
  port.postMessage({ latencies, failed, ownLagMs: lag.percentile(99) / 1e6 } satisfies HealthChecks);
}
