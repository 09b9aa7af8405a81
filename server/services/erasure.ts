import { revokeChange } from "../domain/consent.ts";
import { Refusal } from "../domain/errors.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import type { Pseudonyms, Store } from "../ports.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS } from "./otp.ts";
import type { Recorder } from "./recorder.ts";

export interface Erased {
  /** Events whose payload and salt are gone. */
  readonly events: number;
  readonly consentsRevoked: number;
  readonly event: Appended;
}

/** By phone, or by the pseudonym in the ledger: whoever came with an account may have no phone. */
export type Erasable = { readonly phone: PhoneNumber } | { readonly identityHash: string };

export interface ErasureService {
  /**
   * Forgets a person: credentials, sessions, aliases, codes, payloads and salts go, standing consents end, and an `erased` event
   * says so. Digests stay, so every other proof still verifies. @throws {Refusal} NOT_FOUND
   */
  erase(whom: Erasable, token: IdempotencyToken | null): Promise<Erased>;
}

export function createErasureService(deps: {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly pseudonyms: Pseudonyms;
}): ErasureService {
  const { recorder, store, pseudonyms } = deps;
  return {
    async erase(whom, token) {
      const erased = await recorder.commit(
        async (unit) => {
          const { tx } = unit;
          const subject =
            "phone" in whom
              ? await tx.subjects.byAlias(pseudonyms.alias("phone", whom.phone))
              : await tx.subjects.byIdentityHash(whom.identityHash);
          if (subject === null) {
            throw new Refusal("NOT_FOUND", "Nothing is known of this person.", {
              reason: "unknown_subject",
            });
          }
          const standing = (await tx.consents.bySubject(subject.id)).filter(
            ({ revokedAt }) => revokedAt === null,
          );
          const events = await tx.subjects.erase(subject.id);
          // Appended after the others were emptied: this one stays, and tells of nobody but a pseudonym.
          const event = await unit.append(subject, {
            type: "erased",
            policy: "fra",
            device: {},
            factors: NO_FACTORS,
            consentVerified: false,
            outcome: { events, consentsRevoked: standing.map(({ id }) => id) },
          });
          for (const consent of standing) {
            await tx.consents.setRevoked(consent.id, event.timestamp);
            await tx.consents.queueChange(event.index, revokeChange(consent, event.timestamp));
          }
          return unit.remember({ events, consentsRevoked: standing.length, event });
        },
        token,
        { large: true },
      );
      await store.scrub();
      return erased;
    },
  };
}
