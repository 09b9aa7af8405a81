/** Who may call: API keys, of which only hashes are configured. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal } from "../domain/errors.ts";

export const SCOPES = ["pin", "audit", "erase"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Client {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** One configured key; a client may have several at once, which is how keys are rotated. */
export interface ApiKey extends Client {
  /** SHA-256 of the key. A key is 32 random bytes, so a fast hash gives nothing away. */
  readonly hash: Uint8Array;
}

export interface Clients {
  /** Null when no key was presented. @throws {Refusal} UNAUTHENTICATED for a key that is none of ours */
  identify(presented: string | null): Client | null;
}

/** Without any key configured everybody is this client: good for development, refused by the production profile. */
const EVERYBODY: Client = { id: "anonymous", scopes: new Set(SCOPES) };

export function createClients(keys: readonly ApiKey[]): Clients {
  return {
    identify(presented) {
      if (keys.length === 0) return EVERYBODY;
      if (presented === null) return null;
      const hash = createHash("sha256").update(presented).digest();
      // All are compared, each in constant time: how long it takes tells nothing about which one was close.
      const matching = keys.filter((key) => timingSafeEqual(key.hash, hash));
      const [client] = matching;
      if (client === undefined)
        throw new Refusal("UNAUTHENTICATED", "This API key is not valid.", { reason: "unknown_key" });
      return client;
    },
  };
}

export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);
