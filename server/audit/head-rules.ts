import {
  LedgerRefusal,
  checkpointOrigin,
  parseVerifierKey,
  toHex,
  verifyCheckpoint,
} from "../ledger/index.ts";
import type { OpenLedger } from "../ports/audit.ts";
import type { Findings } from "./findings.ts";
import type { AuditTrust } from "./trust.ts";

/**
 * That the source tells of the ledger that is meant: its name is the trusted key's, it says that it is anchored where
 * the auditor knows it to be, and the trusted key signed for its size. Returns the root that was signed for, if one was.
 */
export function checkHead(ledger: OpenLedger, trust: AuditTrust, findings: Findings): string | null {
  const { anchor, checkpoint, ledgerId, size } = ledger;
  const { name } = parseVerifierKey(trust.ledgerKey);
  if (checkpointOrigin(ledgerId) !== name) {
    findings.addFatal(
      "ledger_id",
      null,
      `The source is of the ledger ${ledgerId}, the trusted key of ${name}.`,
    );
    return null;
  }
  if (anchor !== null && (anchor.chainId !== trust.chainId || anchor.contract !== trust.contract)) {
    const message = `The source says it is anchored at ${anchor.contract} on chain ${anchor.chainId}, not where you trust.`;
    findings.add("anchored_elsewhere", null, message);
  }
  if (checkpoint === null) return null;
  try {
    const signed = verifyCheckpoint(checkpoint, trust.ledgerKey);
    if (signed.size === size) return toHex(signed.root);
    findings.add("checkpoint_size", null, `The checkpoint is of size ${signed.size}, the source of ${size}.`);
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    findings.add(error.code, null, `The source's checkpoint does not hold: ${error.message}.`);
  }
  return null;
}
