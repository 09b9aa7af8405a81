import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Pbkdf2Verifier } from "./phc.ts";

const derive = promisify(pbkdf2);
const DIGESTS = { "pbkdf2-sha256": "sha256", "pbkdf2-sha512": "sha512" } as const;

/** Verification only: nothing new is ever hashed with PBKDF2. */
export async function verifyPbkdf2(verifier: Pbkdf2Verifier, password: string): Promise<boolean> {
  const { algorithm, iterations, salt, hash } = verifier;
  return timingSafeEqual(await derive(password, salt, iterations, hash.length, DIGESTS[algorithm]), hash);
}
