/** Two implementations of Argon2id that verify each other's output: they differ only in speed and platforms. */
import argon2 from "argon2";

export interface Argon2Params {
  /** KiB. */
  readonly memory: number;
  readonly time: number;
  readonly parallelism: number;
}

export interface Argon2Engine {
  readonly name: "argon2" | "node-rs";
  /** A PHC string with a random 16-byte salt and a 32-byte hash; the pepper is Argon2's `secret` (RFC 9106 §3.1). */
  hash(password: string, pepper: Uint8Array, params: Argon2Params): Promise<string>;
  verify(phc: string, password: string, pepper: Uint8Array): Promise<boolean>;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

const reference: Argon2Engine = {
  name: "argon2",
  hash: (password, pepper, params) =>
    argon2.hash(password, {
      type: argon2.argon2id,
      memoryCost: params.memory,
      timeCost: params.time,
      parallelism: params.parallelism,
      hashLength: HASH_BYTES,
      salt: crypto.getRandomValues(Buffer.alloc(SALT_BYTES)),
      secret: Buffer.from(pepper),
    }),
  verify: (phc, password, pepper) => argon2.verify(phc, password, { secret: Buffer.from(pepper) }),
};

async function nodeRs(): Promise<Argon2Engine> {
  const engine = await import("@node-rs/argon2");
  const ARGON2ID = 2;
  return {
    name: "node-rs",
    hash: (password, pepper, params) =>
      engine.hash(password, {
        algorithm: ARGON2ID,
        memoryCost: params.memory,
        timeCost: params.time,
        parallelism: params.parallelism,
        outputLen: HASH_BYTES,
        salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
        secret: pepper,
      }),
    verify: (phc, password, pepper) => engine.verify(phc, password, { secret: pepper }),
  };
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
