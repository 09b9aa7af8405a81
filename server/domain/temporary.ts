/** A PIN that support set: it ends by itself, allows few wrong guesses, and is only good for choosing another. */
import type { Pin } from "./pin.ts";
import { weakness } from "./weak-pin.ts";

export interface TemporaryPin {
  readonly expiresAt: number;
  /** Guesses that were reserved and have not turned out right: wrong ones, and those in flight. */
  readonly spent: number;
}

/** Wrong guesses, over its whole life, after which it is void. */
export const TEMPORARY_TRIES = 3;

export type TemporaryState = "usable" | "temporary_expired" | "temporary_spent";

export function temporaryState(temporary: TemporaryPin, now: number): TemporaryState {
  if (now >= temporary.expiresAt) return "temporary_expired";
  return temporary.spent >= TEMPORARY_TRIES ? "temporary_spent" : "usable";
}

/** Uniform over the PINs of that length that are not weak; rejection sampling, as in otp.ts. */
export function generatePin(digits: number, randomBytes: (length: number) => Uint8Array): Pin {
  const range = 10 ** digits;
  const limit = 2 ** 32 - (2 ** 32 % range);
  for (;;) {
    const bytes = randomBytes(4);
    const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (word >= limit) continue;
    const pin = String(word % range).padStart(digits, "0");
    if (weakness(pin) === null) return pin as Pin;
  }
}
