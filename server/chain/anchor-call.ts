import { ZeroHash, hexlify, toUtf8Bytes } from "ethers";
import type { ConsentChange } from "../domain/consent.ts";
import type { AnchorCall } from "../ports.ts";
import { consentManager } from "./abi.ts";

const ACTIONS = { grant: 0, revoke: 1 } as const;

/** The calldata of one anchor transaction. */
export function encodeAnchorCall({ expectedSize, frontier, leaves, consentChanges }: AnchorCall): string {
  const changes = consentChanges.map(encodeConsentChange);
  return leaves.kind === "digests"
    ? consentManager.encodeFunctionData("anchor", [expectedSize, frontier, leaves.digests, changes])
    : consentManager.encodeFunctionData("anchorSubtrees", [
        expectedSize,
        frontier,
        leaves.nodes.map((node) => node.hash),
        leaves.nodes.map((node) => node.level),
        changes,
      ]);
}

/** The contract wants the fields that a revocation does not have to be zero. */
function encodeConsentChange(change: ConsentChange) {
  const grant = change.action === "grant";
  return {
    id: change.consentId,
    action: ACTIONS[change.action],
    timestamp: change.timestamp,
    expiresAt: grant ? change.expiresAt : 0,
    purpose: encodePurpose(grant ? change.purpose : ""),
    documentHash: grant ? change.documentHash : ZeroHash,
  };
}

/** At most 16 bytes of ASCII, zero-padded on the right. */
export function encodePurpose(purpose: string): string {
  const padded = new Uint8Array(16);
  padded.set(toUtf8Bytes(purpose));
  return hexlify(padded);
}
