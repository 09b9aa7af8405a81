/** Two implementations of Argon2 that verify each other's output: they differ only in speed and platforms. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import argon2 from "argon2";
import { formatPhc } from "./phc.ts";
import type { Argon2Params, Argon2Verifier } from "./phc.ts";

export interface Argon2Engine {
  readonly name: "argon2" | "node-rs";
  /** Argon2id with a random salt, as a PHC string; the pepper is Argon2's `secret` (RFC 9106 §3.1). */
  hash(password: string, pepper: Uint8Array, params: Argon2Params): Promise<string>;
  /** @param pepper null for a verifier that was made without one */
  verify(verifier: Argon2Verifier, password: string, pepper: Uint8Array | null): Promise<boolean>;
}

export const SALT_BYTES = 16;
export const HASH_BYTES = 32;

interface Derivation {
  readonly algorithm: Argon2Verifier["algorithm"];
  readonly params: Argon2Params;
  readonly salt: Uint8Array;
  readonly pepper: Uint8Array | null;
  readonly length: number;
}

/**
 * Of the engines only the bare function is used. Their own parsers accept more, and not the same (one stops at salts
 * of 48 bytes), and none bounds what a stored string may cost.
 */
function engine(
  name: Argon2Engine["name"],
  derive: (password: string, derivation: Derivation) => Promise<Uint8Array>,
): Argon2Engine {
  return {
    name,
    async hash(password, pepper, params) {
      const salt = randomBytes(SALT_BYTES);
      const algorithm = "argon2id";
      const hash = await derive(password, { algorithm, params, salt, pepper, length: HASH_BYTES });
      return formatPhc({ kind: "argon2", algorithm, params, salt, hash });
    },
    async verify({ algorithm, params, salt, hash }, password, pepper) {
      return timingSafeEqual(
        await derive(password, { algorithm, params, salt, pepper, length: hash.length }),
        hash,
      );
    },
  };
}

const reference = engine("argon2", (password, { algorithm, params, salt, pepper, length }) =>
  argon2.hash(password, {
    raw: true,
    type: argon2[algorithm],
    memoryCost: params.memory,
    timeCost: params.time,
    parallelism: params.parallelism,
    hashLength: length,
    salt: Buffer.from(salt),
    ...(pepper === null ? {} : { secret: Buffer.from(pepper) }),
  }),
);

async function nodeRs(): Promise<Argon2Engine> {
  const { hashRaw } = await import("@node-rs/argon2");
  // Its const enum has no value at run time.
  const ALGORITHMS = { argon2i: 1, argon2id: 2 } as const;
  return engine("node-rs", (password, { algorithm, params, salt, pepper, length }) =>
    hashRaw(password, {
      algorithm: ALGORITHMS[algorithm],
      memoryCost: params.memory,
      timeCost: params.time,
      parallelism: params.parallelism,
      outputLen: length,
      salt,
      ...(pepper === null ? {} : { secret: pepper }),
    }),
  );
}

/** `auto` takes the faster one where its native binary loads (about 2.3 times on x64), else the reference. */
export async function loadArgon2(choice: "auto" | "argon2" | "node-rs"): Promise<Argon2Engine> {
  if (choice === "argon2") return reference;
  try {
    return await nodeRs();
  } catch (error) {
    if (choice === "node-rs") throw error;
    return reference;
  }
}
