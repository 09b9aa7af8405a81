import { checkpointOrigin, createSigner, formatVerifierKey, signCheckpoint } from "../ledger/index.ts";
import type { NoteSigner } from "../ledger/index.ts";
import type { CheckpointSigner } from "../ports.ts";

/** @param secretKey the 32-byte Ed25519 seed, LEDGER_SIGNING_KEY */
export function checkpointSigner(secretKey: Uint8Array): CheckpointSigner {
  // Kept, because deriving the public key costs as much as a signature.
  const signers = new Map<string, NoteSigner>();
  const signerOf = (ledgerId: string) => {
    const signer = signers.get(ledgerId) ?? createSigner(checkpointOrigin(ledgerId), secretKey);
    signers.set(ledgerId, signer);
    return signer;
  };
  return {
    checkpoint: (ledgerId, size, root) =>
      signCheckpoint({ origin: checkpointOrigin(ledgerId), size, root, extensions: [] }, signerOf(ledgerId)),
    verifierKey: (ledgerId) => formatVerifierKey(signerOf(ledgerId)),
  };
}
