/** A ledger without a service around it: the store, and the one way to append to it. */
import { overriding } from "../campaign/rig/overriding.ts";
import { SteadyClock } from "../../server/crypto/clock.ts";
import type { RandomBytes, Store } from "../../server/ports.ts";
import { createRecorder } from "../../server/services/recorder.ts";
import { openStore } from "../../server/storage/open.ts";

export interface LedgerUnderTest {
  readonly store: Store;
  /** An event like that of a verification. */
  append(): Promise<void>;
  /** How many transactions have been committed. */
  commits(): number;
  close(): Promise<void>;
}

export async function openLedger(
  url: string,
  options: { readonly newLedgerId: string; readonly randomBytes: RandomBytes },
): Promise<LedgerUnderTest> {
  const { randomBytes, newLedgerId } = options;
  const store = await openStore({ url, newLedgerId });
  let commits = 0;
  let told = false;
  const counted = overriding<Store>(store, {
    async writeLedger(work) {
      const result = await store.writeLedger(work);
      // Those of one commit are told of it together.
      if (!told) {
        commits++;
        setImmediate(() => (told = false));
      }
      told = true;
      return result;
    },
  });
  const clock = new SteadyClock();
  const recorder = createRecorder({ store: counted, clock, randomBytes, onCommitted: () => {} });
  const candidate = { id: hex(randomBytes(16)), identityHash: `0x${hex(randomBytes(32))}` };
  const subject = await store.write((tx) =>
    tx.subjects.byAliasOrCreate("benchmark", "phone", candidate, clock.now()),
  );
  return {
    store,
    commits: () => commits,
    close: () => store.close(),
    async append() {
      await recorder.commit((unit) =>
        unit.append(subject, {
          type: "pin_verify",
          policy: "fra",
          phoneNumber: "+20123456****",
          device: { platform: "ios", version: "1.0.0", deviceId: "device-123" },
          factors: { knowledge: "verified", possession: "absent", presence: "asserted" },
          consentVerified: false,
          outcome: { result: "valid", attempt: 1, failures: 0, lockedUntil: null },
        }),
      );
    },
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
