/** Whatever is done with a secret: hashing PINs, keyed names, signatures. Implemented by crypto/. */
import type { ClientHash, Secret } from "../domain/pin.ts";

/** A stored verifier: a PHC string, and the pepper without which it proves nothing; null where another system made it. */
export interface Verifier {
  readonly phc: string;
  readonly pepperId: string | null;
}

export interface Match {
  readonly matches: boolean;
  /** It matched, and should be replaced by a fresh hash: another function, other parameters, or not the newest pepper. */
  readonly stale: boolean;
}

export const NO_MATCH: Match = { matches: false, stale: false };

/**
 * Hashing takes a core and 64 MiB, so it is admitted: an operation takes a slot before it does anything, and is
 * refused then, uncharged, or not at all.
 */
export interface PinHasher {
  /** @throws {Refusal} OVERLOADED where `withSlot` would */
  assertRoom(): void;
  /** @throws {Refusal} OVERLOADED at once when every slot is taken */
  withSlot<T>(operation: (slot: HashingSlot) => Promise<T>): Promise<T>;
}

/** @throws {Refusal} HASHING_ERROR if the engine fails, or the verifier is damaged or its pepper not configured */
export interface HashingSlot {
  hash(secret: Secret): Promise<Verifier>;
  /** With `null` (nobody there, or no PIN) the same work is done and the answer is no. */
  verify(verifier: Verifier | null, secret: Secret): Promise<Match>;
}

/** PINs that clients have hashed themselves. */
export interface ClientHashes {
  /**
   * @returns the hash in its one canonical spelling, and all of it but the digest: what another device of the same user
   *   needs to come to the same hash, and useless for testing guesses
   * @throws {Refusal} PIN_FORMAT_ERROR
   */
  read(text: string): { readonly secret: ClientHash; readonly parameters: string };
}

/** Keyed, one-way names: the database alone tells neither whose a row is nor what a code was. */
export interface Pseudonyms {
  alias(kind: AliasKind, value: string): string;
  /** The alias, of kind `account`, of the issuer's account of that name. */
  account(issuer: string, subject: string): string;
  otpMac(challengeId: string, code: string): Uint8Array;
  /** Of whom or what events name and nobody may recognise: an administrator, a session. Steady, unlike fingerprints. */
  name(label: "administrator" | "session", ...parts: string[]): string;
  /** Of whatever else must be recognised and not read: idempotency keys and the requests that came with them. */
  fingerprint(label: string, ...parts: string[]): string;
}

export type AliasKind = "phone" | "account";

/** The ledger's Ed25519 identity (C2SP signed-note). */
export interface CheckpointSigner {
  /** Signs (size, root) of the ledger as a C2SP tlog-checkpoint. */
  checkpoint(ledgerId: string, size: number, root: Uint8Array): string;
  /** The verifier key that auditors pin, in signed-note form. */
  verifierKey(ledgerId: string): string;
}
