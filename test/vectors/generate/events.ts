import { createSigner, toHex } from "../../../server/ledger/index.ts";
import type { EventPayload } from "../../../server/ledger/index.ts";
import { fixed } from "./tree.ts";

export const LEDGER_ID = "0192f0c1-7d3a-7c11-9a55-2f6f0e8b1c01";
export const SECRET_KEY = fixed("ledger signing key");
export const SIGNER = createSigner(`identity-ledger/${LEDGER_ID}`, SECRET_KEY);
export const WITNESS = createSigner("witness.example/w1", fixed("witness signing key"));

/** The payload of a sample event. */
export function sampleEvent(n: number): EventPayload {
  return {
    v: 1,
    ledgerId: LEDGER_ID,
    id: `0192f0c1-7d3a-7c11-9a55-${String(n).padStart(12, "0")}`,
    type: "pin_verified",
    timestamp: `2026-01-02T03:04:05.${String(n).padStart(3, "0")}Z`,
    identityHash: toHex(fixed("subject 1")),
    subjectSeq: n,
    policy: "fra",
    phone: "+61*******67",
    device: { platform: "iOS", model: "iPhone 15 “Pro”", trusted: null },
    factors: { knowledge: "verified", possession: "asserted", presence: "absent" },
    outcome: { valid: true, attemptsRemaining: 5 },
  };
}

/** The salt of a sample event. */
export function sampleSalt(n: number): Uint8Array {
  return fixed(`salt ${n}`);
}
