import { encodePayload, eventDigest, fromUtf8, toHex, toUtf8 } from "../../../server/ledger/index.ts";
import { sampleEvent, sampleSalt } from "./events.ts";
import { PUBLISHED_HMAC } from "./published.ts";

/** `digest.json`: salted commitments of payloads. */
export function digestVectors(): object {
  const payloads = [
    toUtf8(""),
    toUtf8("{}"),
    toUtf8('{"name":"Zoë 😀"}'),
    encodePayload(sampleEvent(0)),
    encodePayload(sampleEvent(1)),
  ];
  return {
    description:
      'digest = HMAC-SHA256(salt, "identity-ledger/event/v1" || 0x00 || payload), the payload as UTF-8; a salt has 32 bytes.',
    published: PUBLISHED_HMAC,
    cases: payloads.map((payload, n) => ({
      salt: toHex(sampleSalt(n)),
      payload: fromUtf8(payload),
      digest: toHex(eventDigest(sampleSalt(n), payload)),
    })),
  };
}
