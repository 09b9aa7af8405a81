import { Refusal } from "../domain/errors.ts";
import type { ClientHash } from "../domain/pin.ts";
import type { ClientHashes } from "../ports.ts";
import { PhcError, formatPhc, parsePhc } from "./phc.ts";
import type { ParsedVerifier, PhcFlaw } from "./phc.ts";

const SENTENCES: Readonly<Record<PhcFlaw, string>> = {
  too_long: "pin_hash is longer than any Argon2id PHC string.",
  unsupported: "pin_hash must be an Argon2id PHC string of version 19: $argon2id$v=19$m=…,t=…,p=…$salt$hash.",
  malformed:
    "pin_hash is not a well-formed PHC string: $argon2id$v=19$m=…,t=…,p=…$salt$hash, base64 unpadded.",
  out_of_bounds: "pin_hash has parameters, a salt or a hash beyond what is accepted.",
};

const refused = (flaw: PhcFlaw) =>
  new Refusal("PIN_FORMAT_ERROR", SENTENCES[flaw], { reason: `pin_hash_${flaw}` });

/** One spelling for each, or the same PIN hashed on another device by another library would not be the same secret. */
export const phcClientHashes: ClientHashes = {
  read(text) {
    const parsed = parse(text);
    if (parsed.kind !== "argon2" || parsed.algorithm !== "argon2id") throw refused("unsupported");
    const canonical = formatPhc(parsed);
    return {
      secret: canonical as ClientHash,
      parameters: canonical.slice(0, canonical.lastIndexOf("$")),
    };
  },
};

function parse(text: string): ParsedVerifier {
  try {
    return parsePhc(text);
  } catch (error) {
    // Without its cause: a message about what a client sent is not ours to log.
    if (error instanceof PhcError) throw refused(error.flaw);
    throw error;
  }
}
