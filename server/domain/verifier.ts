/** Seed 002's names for how a PIN is stored; `verificationMethod` and `pinFormat` in its answers. */
export type VerifierFormat = "argon2_fra_compliant" | "pbkdf2_legacy";

/** By the PHC string's function name; "nobody there" looks like the usual case. */
export function verifierFormat(phc: string | null): VerifierFormat {
  return phc?.startsWith("$pbkdf2") ? "pbkdf2_legacy" : "argon2_fra_compliant";
}
