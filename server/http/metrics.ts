/** Prometheus metrics. Operations are counted where they all pass: at their event, or at their refusal. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { TROUBLE_KINDS } from "../services/anchor-trouble.ts";
import type { AnchorerState } from "../services/anchorer.ts";
import type { CommittedEvent } from "../services/recorder.ts";

/** Read when Prometheus asks. */
export interface MetricSources {
  readonly hashQueue: () => { readonly slots: number; readonly running: number };
  readonly anchoring: () => Promise<AnchorerState & { readonly lagMs: number }>;
  /** In wei; null while the chain does not answer. */
  readonly relayerBalance: () => Promise<bigint | null>;
  readonly credentialFormats: () => Promise<readonly { readonly format: string; readonly count: number }[]>;
}

export interface Metrics {
  readonly registry: Registry;
  committed(events: readonly CommittedEvent[]): void;
  refused(code: string, reason: string | undefined): void;
  served(route: string, method: string, status: number, seconds: number): void;
}

export function createMetrics(sources: MetricSources): Metrics {
  // One registry per app: the global one would be shared by every service in a process.
  const registry = new Registry();
  const registers = [registry];
  const name = (suffix: string) => `identity_ledger_${suffix}`;
  collectDefaultMetrics({ register: registry });

  const events = new Counter({
    name: name("events_total"),
    help: "Events appended, by type and, where the operation has one, result",
    labelNames: ["type", "result"],
    registers,
  });
  const lockouts = new Counter({
    name: name("lockouts_total"),
    help: "Locks that a wrong PIN brought about",
    registers,
  });
  const refusals = new Counter({
    name: name("refusals_total"),
    help: "Refusals by code and reason; weak PINs by the rule they break",
    labelNames: ["code", "reason"],
    registers,
  });
  const requests = new Histogram({
    name: name("request_seconds"),
    help: "Time to answer, by route, method and status",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });

  gauge("hash_slots", "Operations admitted to hashing, waiting ones included", (set) =>
    set(sources.hashQueue().slots),
  );
  gauge("hashes_running", "Hashes being computed", (set) => set(sources.hashQueue().running));
  const anchoring = {
    backlog: "Events not yet in a block",
    lag: "Age of the oldest event not yet in a block, in seconds",
  };
  gauge("anchor_backlog", anchoring.backlog, async (set) => set((await sources.anchoring()).backlog));
  gauge("anchor_lag_seconds", anchoring.lag, async (set) => set((await sources.anchoring()).lagMs / 1000));
  gauge("anchor_sender", "1 in the process that sends, 0 in those that stand by", async (set) =>
    set((await sources.anchoring()).sends ? 1 : 0),
  );
  gauge("anchor_replacements", "Transactions that this process sent again with a higher fee", async (set) =>
    set((await sources.anchoring()).replacements),
  );
  gauge("anchor_reorgs", "Reorganisations that took anchors out of their blocks", async (set) =>
    set((await sources.anchoring()).reorgs),
  );
  const trouble = new Gauge({
    name: name("anchor_trouble"),
    help: "1 for what stands in the way of anchoring now (docs/operations.md)",
    labelNames: ["kind"],
    registers,
    async collect() {
      const now = (await sources.anchoring()).trouble?.kind;
      for (const kind of TROUBLE_KINDS) trouble.set({ kind }, kind === now ? 1 : 0);
    },
  });
  gauge("anchor_gas_used", "Gas that anchors of this process used", async (set) =>
    set(Number((await sources.anchoring()).gasUsed)),
  );
  gauge("relayer_balance_ether", "What the relayer has left to pay for anchors", async (set) => {
    const wei = await sources.relayerBalance();
    set(wei === null ? Number.NaN : Number(wei) / 1e18);
  });
  const formats = new Gauge({
    name: name("credentials"),
    help: "Credentials with a PIN, by the format of their verifier",
    labelNames: ["format"],
    registers,
    async collect() {
      for (const { format, count } of await sources.credentialFormats()) formats.set({ format }, count);
    },
  });

  function gauge(
    suffix: string,
    help: string,
    read: (set: (value: number) => void) => void | Promise<void>,
  ): void {
    const one: Gauge = new Gauge({
      name: name(suffix),
      help,
      registers,
      collect: () => read((value) => one.set(value)),
    });
  }

  return {
    registry,
    committed(committed) {
      for (const { draft } of committed) {
        const { result, lockedUntil } = draft.outcome;
        events.inc({ type: draft.type, result: typeof result === "string" ? result : "" });
        if (result === "invalid" && lockedUntil !== null) lockouts.inc();
      }
    },
    refused: (code, reason) => refusals.inc({ code, reason: reason ?? "" }),
    served: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
  };
}
