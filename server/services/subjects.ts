import { toHex } from "../ledger/index.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import type { Pseudonyms, RandomBytes, Subject, Tx } from "../ports.ts";

interface Context {
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  readonly now: number;
}

/**
 * The subject with this phone, created at first sight: whoever is asked about gets a place in the ledger, so that
 * guesses against a stranger are counted, recorded and answered just like those against a customer.
 */
export function subjectByPhone(tx: Tx, phone: PhoneNumber, context: Context): Promise<Subject> {
  const random = context.randomBytes(48);
  const candidate = { id: toHex(random.subarray(0, 16)).slice(2), identityHash: toHex(random.subarray(16)) };
  return tx.subjects.byAliasOrCreate(
    context.pseudonyms.alias("phone", phone),
    "phone",
    candidate,
    context.now,
  );
}

/** The same for a phone that had its subject a moment ago, and has it still unless it was erased: there is one to find. */
export async function subjectByPhoneAgain(tx: Tx, phone: PhoneNumber, context: Context): Promise<Subject> {
  const known = await tx.subjects.byAlias(context.pseudonyms.alias("phone", phone));
  return known ?? subjectByPhone(tx, phone, context);
}
