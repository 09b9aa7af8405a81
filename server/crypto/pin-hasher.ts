import { Refusal } from "../domain/errors.ts";
import type { Pin } from "../domain/pin.ts";
import type { HashingSlot, PinHasher, Verifier } from "../ports.ts";
import type { Admission } from "./admission.ts";
import type { Argon2Engine, Argon2Params } from "./argon2-engine.ts";

/** Peppers by id, newest first: the first is used, the others still verify. */
export type Peppers = ReadonlyMap<string, Uint8Array>;

export function argon2PinHasher(options: {
  readonly engine: Argon2Engine;
  readonly params: Argon2Params;
  readonly peppers: Peppers;
  readonly admission: Admission;
}): PinHasher {
  const { engine, params, peppers, admission } = options;
  const [newest] = peppers;
  if (newest === undefined) throw new Error("no pepper is configured");
  const [currentId, currentPepper] = newest;

  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    admission.hashing(async () => {
      try {
        return await work();
      } catch (cause) {
        throw new Refusal("HASHING_ERROR", "The PIN could not be hashed.", { cause });
      }
    });

  const slot: HashingSlot = {
    hash: (pin: Pin) =>
      guarded(async () => ({ phc: await engine.hash(pin, currentPepper, params), pepperId: currentId })),

    verify: (verifier: Verifier | null, pin: Pin) =>
      guarded(async () => {
        if (verifier === null) {
          // Nothing to compare with must cost what comparing costs, or latency tells who has a PIN.
          await engine.hash(pin, currentPepper, params);
          return false;
        }
        const pepper = peppers.get(verifier.pepperId);
        if (pepper === undefined) throw new Error(`pepper ${verifier.pepperId} is not configured`);
        return engine.verify(verifier.phc, pin, pepper);
      }),
  };

  return { withSlot: (operation) => admission.withSlot(() => operation(slot)) };
}
