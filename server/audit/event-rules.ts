import {
  LedgerRefusal,
  checkpointOrigin,
  decodePayload,
  eventDigest,
  parseVerifierKey,
  toHex,
} from "../ledger/index.ts";
import type { EventPayload } from "../ledger/index.ts";
import type { StatedEvent } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";
import type { Findings } from "./findings.ts";

const SALT_BYTES = 32;

export interface EventRulesOptions {
  readonly ledgerKey: string;
  /** By how much the clocks of the ledger and of the chain may differ. */
  readonly clockSkewMs: number;
}

/** What must be true of every event by itself and after the one before it. */
export class EventRules {
  readonly #findings: Findings;
  readonly #origin: string;
  readonly #skewMs: number;
  #timestamp = "";
  /** Ids are unique if those of one instant are, for they begin with the instant, and time does not go back. */
  readonly #idsOfInstant = new Set<string>();

  constructor(findings: Findings, { ledgerKey, clockSkewMs }: EventRulesOptions) {
    this.#findings = findings;
    this.#origin = parseVerifierKey(ledgerKey).name;
    this.#skewMs = clockSkewMs;
  }

  /** The payload, once it is known to be what the digest stands for; null for an erased or a broken one. */
  read({ index, digest, payload, salt }: StatedEvent): EventPayload | null {
    const findings = this.#findings;
    if (payload === null && salt === null) return null;
    if (payload === null || salt === null) {
      const missing = payload === null ? "payload" : "salt";
      findings.add("erasure_partial", index, `Event ${index} has lost its ${missing}, and only that.`);
      return null;
    }
    if (salt.length !== SALT_BYTES || toHex(eventDigest(salt, payload)) !== digest) {
      findings.add(
        "digest_mismatch",
        index,
        `The payload and salt of event ${index} do not lead to its digest.`,
      );
      return null;
    }
    try {
      return decodePayload(payload);
    } catch (error) {
      if (!(error instanceof LedgerRefusal)) throw error;
      findings.add(
        "payload_malformed",
        index,
        `The payload of event ${index} is malformed: ${error.message}.`,
      );
      return null;
    }
  }

  /** Whether the event can have been written here, and now. */
  check(event: EventPayload, index: number, anchor: Anchor | null): void {
    const findings = this.#findings;
    const { id, timestamp, ledgerId } = event;
    if (checkpointOrigin(ledgerId) !== this.#origin) {
      findings.add(
        "ledger_id",
        index,
        `Event ${index} is of the ledger ${ledgerId}, not of ${this.#origin}.`,
      );
    }
    // Of one length and form, so that their order as texts is their order in time.
    if (timestamp < this.#timestamp) {
      findings.add("time_backwards", index, `Event ${index} is of ${timestamp}, before the event before it.`);
    }
    if (timestamp !== this.#timestamp) this.#idsOfInstant.clear();
    this.#timestamp = timestamp;
    if (this.#idsOfInstant.has(id))
      findings.add("id_twice", index, `Event ${index} has the id of another one.`);
    this.#idsOfInstant.add(id);

    const instant = Date.parse(timestamp);
    // RFC 9562 section 5.7: the first 48 bits are ms since the epoch.
    if (Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) !== instant) {
      findings.add("id_time", index, `The id of event ${index} tells another time than its timestamp.`);
    }
    // A block's time is in whole seconds.
    if (anchor !== null && instant > anchor.blockTime * 1_000 + 999 + this.#skewMs) {
      findings.add(
        "anchored_before",
        index,
        `Event ${index} is of ${timestamp}, yet block ${anchor.blockNumber}, which anchors it, is older.`,
      );
    }
  }
}
