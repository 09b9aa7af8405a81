import type { Store } from "../ports.ts";

/**
 * The names of those secrets that are not the ones this database was first used with. With another pseudonym key nobody is
 * found again, and with another pepper under the same id every right PIN counts as a wrong one: both look like customers'
 * mistakes, and neither can be told from what the rows say.
 *
 * @param marks by name, as `crypto/secret-marks.ts` makes them; one that the database does not know yet is kept
 */
export async function unknownSecrets(store: Store, marks: ReadonlyMap<string, string>): Promise<string[]> {
  const unknown: string[] = [];
  for (const [name, mark] of marks) {
    const known =
      (await store.read.secretMarks.get(name)) ??
      (await store.write((tx) => tx.secretMarks.getOrAdd(name, mark)));
    if (known !== mark) unknown.push(name);
  }
  return unknown;
}
