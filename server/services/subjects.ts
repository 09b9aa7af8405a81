import { toHex } from "../ledger/index.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import type { Pseudonyms, RandomBytes, Subject, Tx } from "../ports.ts";

/**
 * The subject with this phone, created at first sight: whoever is asked about gets a place in the ledger, so that
 * guesses against a stranger are counted, recorded and answered just like those against a customer.
 */
export function subjectByPhone(
  tx: Tx,
  phone: PhoneNumber,
  context: { readonly pseudonyms: Pseudonyms; readonly randomBytes: RandomBytes; readonly now: number },
): Promise<Subject> {
  const candidate = {
    id: toHex(context.randomBytes(16)).slice(2),
    identityHash: toHex(context.randomBytes(32)),
  };
  return tx.subjects.byAliasOrCreate(
    context.pseudonyms.alias("phone", phone),
    "phone",
    candidate,
    context.now,
  );
}
