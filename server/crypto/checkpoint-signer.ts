import { checkpointOrigin, createSigner, formatVerifierKey, signCheckpoint } from "../ledger/index.ts";
import type { CheckpointSigner } from "../ports.ts";

/** @param secretKey the 32-byte Ed25519 seed, LEDGER_SIGNING_KEY */
export function checkpointSigner(secretKey: Uint8Array): CheckpointSigner {
  const signerOf = (ledgerId: string) => createSigner(checkpointOrigin(ledgerId), secretKey);
  return {
    checkpoint: (ledgerId, size, root) =>
      signCheckpoint({ origin: checkpointOrigin(ledgerId), size, root, extensions: [] }, signerOf(ledgerId)),
    verifierKey: (ledgerId) => formatVerifierKey(signerOf(ledgerId)),
  };
}
