/**
 * Tampering: a real ledger of 1,000 events is changed in every way we know, and audited against its chain each time. It
 * must be caught, at the right event, every time.
 */
import { seeded } from "../../test/audit/random.ts";
import { KINDS, tampering } from "../../test/audit/tampering.ts";
import type { Scope } from "./command.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";

/** So many from one ledger; then another one, of other events. */
const MUTATIONS_PER_LEDGER = 5_000;

export async function tamper(_scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, progress } = options;
  const violations: string[] = [];
  const counts = new Map<string, number>();
  const meter = progressMeter(n, "mutations", progress);
  let done = 0;
  let ledgers = 0;
  while (done < n && !isOver(options, violations)) {
    const ledger = await tampering(seeded((seed + ledgers++) % 2 ** 31));
    try {
      const until = Math.min(n, ledgers * MUTATIONS_PER_LEDGER);
      for (; done < until && !isOver(options, violations); done += 1) {
        const kind = KINDS[done % KINDS.length]!;
        const missed = await ledger.missed(kind);
        if (missed !== null) violations.push(`mutation ${done}: ${missed}`);
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        meter(done + 1);
      }
    } finally {
      await ledger.close();
    }
  }
  return {
    name: "tamper",
    rows: [
      ["ledgers of 1,000 events", String(ledgers)],
      ["kinds of mutation, least often", `${counts.size}, ${Math.min(...counts.values())}`],
      ["caught at the right event", String(done - violations.length)],
    ],
    violations,
  };
}
