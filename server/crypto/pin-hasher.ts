import { Refusal } from "../domain/errors.ts";
import type { Secret } from "../domain/pin.ts";
import { NO_MATCH } from "../ports.ts";
import type { HashingSlot, Match, PinHasher, Verifier } from "../ports.ts";
import type { Admission } from "./admission.ts";
import { HASH_BYTES, SALT_BYTES } from "./argon2-engine.ts";
import type { Argon2Engine } from "./argon2-engine.ts";
import { verifyPbkdf2 } from "./pbkdf2.ts";
import { checkArgon2Params, parsePhc } from "./phc.ts";
import type { Argon2Params, ParsedVerifier } from "./phc.ts";

/** Peppers by id, newest first: the first is used, the others still verify. */
export type Peppers = ReadonlyMap<string, Uint8Array>;

/** The one that is used for what is new. */
export const newestPepper = (peppers: Peppers): Uint8Array => newest(peppers)[1];

function newest(peppers: Peppers): readonly [id: string, pepper: Uint8Array] {
  const [first] = peppers;
  if (first === undefined) throw new Error("no pepper is configured");
  return first;
}

/** @throws {PhcError} if it would make verifiers that it then refuses to verify */
export function argon2PinHasher(options: {
  readonly engine: Argon2Engine;
  readonly params: Argon2Params;
  readonly peppers: Peppers;
  readonly admission: Admission;
}): PinHasher {
  const { engine, params, peppers, admission } = options;
  const [currentId, currentPepper] = newest(peppers);
  checkArgon2Params(params);

  const hash = (pin: Secret) => engine.hash(pin, currentPepper, params);

  /** Reads the verifier at once: when a core is free, it is to hash. */
  const comparison = (verifier: Verifier, pin: Secret): (() => Promise<Match>) => {
    const parsed = parsePhc(verifier.phc);
    const pepper = pepperOf(peppers, verifier.pepperId);
    const stale = verifier.pepperId !== currentId || !isCurrent(parsed, params);
    return async () => {
      if (await verifies(engine, parsed, pin, pepper)) return { matches: true, stale };
      // What another system made may be far cheaper to check than what we make. On a match the caller hashes anew.
      if (pepper === null) await hash(pin);
      return NO_MATCH;
    };
  };

  /** Nothing to compare with must cost what comparing costs, or latency tells who has a PIN. */
  const comparisonWithNothing = (pin: Secret) => async (): Promise<Match> => {
    await hash(pin);
    return NO_MATCH;
  };

  /** Whatever goes wrong is no answer to whether the PIN is right, and must not be told as one. */
  const guarded = async <T>(prepare: () => () => Promise<T>): Promise<T> => {
    try {
      return await admission.hashing(prepare());
    } catch (cause) {
      throw new Refusal("HASHING_ERROR", "The PIN could not be hashed.", { cause });
    }
  };

  const slot: HashingSlot = {
    hash: (pin) => guarded(() => async () => ({ phc: await hash(pin), pepperId: currentId })),

    verify: (verifier, pin) =>
      guarded(() => (verifier === null ? comparisonWithNothing(pin) : comparison(verifier, pin))),
  };

  return {
    assertRoom: () => admission.assertRoom(),
    withSlot: (operation) => admission.withSlot(() => operation(slot)),
  };
}

/** The peppers without which stored verifiers cannot be checked: their owners would all be told that we failed. */
export function missingPeppers(configured: ReadonlySet<string>, inUse: readonly string[]): string[] {
  return inUse.filter((id) => !configured.has(id));
}

function pepperOf(peppers: Peppers, id: string | null): Uint8Array | null {
  if (id === null) return null;
  const pepper = peppers.get(id);
  if (pepper === undefined) throw new Error(`pepper ${id} is not configured`);
  return pepper;
}

function verifies(
  engine: Argon2Engine,
  parsed: ParsedVerifier,
  pin: Secret,
  pepper: Uint8Array | null,
): Promise<boolean> {
  if (parsed.kind === "argon2") return engine.verify(parsed, pin, pepper);
  if (pepper !== null) throw new Error("PBKDF2 takes no pepper: this verifier's row is damaged");
  return verifyPbkdf2(parsed, pin);
}

/** Whether it is what {@link Argon2Engine.hash} would make today; stronger is as good a reason to replace it as weaker. */
function isCurrent(parsed: ParsedVerifier, params: Argon2Params): boolean {
  return (
    parsed.algorithm === "argon2id" &&
    parsed.params.memory === params.memory &&
    parsed.params.time === params.time &&
    parsed.params.parallelism === params.parallelism &&
    parsed.salt.length === SALT_BYTES &&
    parsed.hash.length === HASH_BYTES
  );
}
