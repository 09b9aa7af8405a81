/**
 * Verifiers as PHC strings (github.com/P-H-C/phc-string-format, salt and hash in base64 without padding):
 *
 *     $argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>        or argon2i
 *     $pbkdf2-sha256$i=310000$<salt>$<hash>               or pbkdf2-sha512
 *
 * They come from import files and from the database, and whoever can write either must not be able to spend our memory
 * or our minutes: a verifier is parsed, within these bounds, before anything is computed from it. What is not written
 * exactly so is refused rather than guessed at. No message repeats what was read.
 */

export interface Argon2Params {
  /** KiB. */
  readonly memory: number;
  readonly time: number;
  readonly parallelism: number;
}

export interface Argon2Verifier {
  readonly kind: "argon2";
  readonly algorithm: "argon2id" | "argon2i";
  readonly params: Argon2Params;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export interface Pbkdf2Verifier {
  readonly kind: "pbkdf2";
  readonly algorithm: "pbkdf2-sha256" | "pbkdf2-sha512";
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export type ParsedVerifier = Argon2Verifier | Pbkdf2Verifier;
export type VerifierAlgorithm = ParsedVerifier["algorithm"];

export type PhcFlaw = "too_long" | "unsupported" | "malformed" | "out_of_bounds";

export class PhcError extends Error {
  readonly flaw: PhcFlaw;
  constructor(flaw: PhcFlaw, message: string) {
    super(message);
    this.name = "PhcError";
    this.flaw = flaw;
  }
}

/** More than the longest string within the bounds. */
const MAX_LENGTH = 256;

const BOUNDS = {
  /** A quarter of a GiB: what one verification may take from all others. */
  memory: { least: 8, most: 262_144 },
  time: { least: 1, most: 16 },
  parallelism: { least: 1, most: 16 },
  iterations: { least: 1_000, most: 5_000_000 },
  salt: { least: 8, most: 64 },
  hash: { least: 16, most: 64 },
} as const;

const NUMBER = "([1-9][0-9]{0,9})";
const BYTES = "([A-Za-z0-9+/]+)";
const ARGON2 = new RegExp(
  `^\\$(argon2id?)\\$v=19\\$m=${NUMBER},t=${NUMBER},p=${NUMBER}\\$${BYTES}\\$${BYTES}$`,
);
const PBKDF2 = new RegExp(`^\\$(pbkdf2-sha(?:256|512))\\$i=${NUMBER}\\$${BYTES}\\$${BYTES}$`);
const SUPPORTED = /^\$(argon2id?\$v=19|pbkdf2-sha(256|512))\$/;

/** The one other order in use: the npm package `argon2` 0.45 writes it (ranisalt/node-argon2#559). */
const MEMORY_LANES_PASSES = /^(\$argon2id?\$v=19\$m=\d+),(p=\d+),(t=\d+)\$/;

/** @throws {PhcError} */
export function parsePhc(text: string): ParsedVerifier {
  if (text.length > MAX_LENGTH) throw new PhcError("too_long", `longer than ${MAX_LENGTH} characters`);
  const argon2 = ARGON2.exec(text) ?? ARGON2.exec(text.replace(MEMORY_LANES_PASSES, "$1,$3,$2$"));
  if (argon2 !== null) {
    const [, algorithm, memory, time, parallelism, salt = "", hash = ""] = argon2;
    const params = { memory: Number(memory), time: Number(time), parallelism: Number(parallelism) };
    checkArgon2Params(params);
    return {
      kind: "argon2",
      algorithm: algorithm as Argon2Verifier["algorithm"],
      params,
      salt: decode("salt", salt),
      hash: decode("hash", hash),
    };
  }
  const pbkdf2 = PBKDF2.exec(text);
  if (pbkdf2 !== null) {
    const [, algorithm, iterations, salt = "", hash = ""] = pbkdf2;
    return {
      kind: "pbkdf2",
      algorithm: algorithm as Pbkdf2Verifier["algorithm"],
      iterations: within("iterations", Number(iterations)),
      salt: decode("salt", salt),
      hash: decode("hash", hash),
    };
  }
  if (SUPPORTED.test(text)) {
    throw new PhcError("malformed", "not in the form that its function is written in");
  }
  throw new PhcError("unsupported", "not argon2id or argon2i of version 19, pbkdf2-sha256 or pbkdf2-sha512");
}

export function formatPhc(verifier: ParsedVerifier): string {
  const [salt, hash] = [encode(verifier.salt), encode(verifier.hash)];
  if (verifier.kind === "pbkdf2") return `$${verifier.algorithm}$i=${verifier.iterations}$${salt}$${hash}`;
  const { memory, time, parallelism } = verifier.params;
  return `$${verifier.algorithm}$v=19$m=${memory},t=${time},p=${parallelism}$${salt}$${hash}`;
}

/** What an import needs to know of a verifier: its function's name, or what is wrong with it. */
export function inspectPhc(text: string): { readonly format: VerifierAlgorithm } | { readonly flaw: string } {
  try {
    return { format: parsePhc(text).algorithm };
  } catch (error) {
    if (error instanceof PhcError) return { flaw: error.message };
    throw error;
  }
}

/** @throws {PhcError} where a verifier with these parameters could not be read back */
export function checkArgon2Params({ memory, time, parallelism }: Argon2Params): void {
  within("memory", memory);
  within("time", time);
  within("parallelism", parallelism);
  // RFC 9106 §3.1. The engines refuse less too, but only when the customer is there.
  if (memory < 8 * parallelism) throw new PhcError("out_of_bounds", "memory is less than 8 KiB per lane");
}

function within(name: keyof typeof BOUNDS, value: number): number {
  const { least, most } = BOUNDS[name];
  if (value >= least && value <= most) return value;
  throw new PhcError("out_of_bounds", `${name} is not within ${least} to ${most}`);
}

function decode(name: "salt" | "hash", text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  if (encode(bytes) !== text)
    throw new PhcError("malformed", `${name} is not canonical base64 without padding`);
  within(name, bytes.length);
  return bytes;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
