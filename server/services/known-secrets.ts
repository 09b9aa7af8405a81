import type { Store } from "../ports.ts";

/** What the database knows of each of these secrets; null where it does not know it yet. */
type Known = ReadonlyMap<string, string | null>;

async function look({ secretMarks }: Store["read"], marks: ReadonlyMap<string, string>): Promise<Known> {
  const known = new Map<string, string | null>();
  for (const name of marks.keys()) known.set(name, await secretMarks.get(name));
  return known;
}

function differing(marks: ReadonlyMap<string, string>, known: Known): string[] {
  return [...marks.keys()].filter((name) => (known.get(name) ?? marks.get(name)) !== marks.get(name));
}

/**
 * The names of those secrets that are not the ones this database was first used with. With another pseudonym key nobody is
 * found again, and with another pepper under the same id every right PIN counts as a wrong one: both look like customers'
 * mistakes, and neither can be told from what the rows say.
 *
 * @param marks by name, as `crypto/secret-marks.ts` makes them
 */
export async function unknownSecrets(
  read: Store["read"],
  marks: ReadonlyMap<string, string>,
): Promise<string[]> {
  return differing(marks, await look(read, marks));
}

/** The same, and those that are new are known from now on: all or, where one is unknown, none. */
export async function adoptSecrets(store: Store, marks: ReadonlyMap<string, string>): Promise<string[]> {
  // One look for both questions: between two of them another process could come first.
  const known = await look(store.read, marks);
  const unknown = differing(marks, known);
  if (unknown.length > 0 || ![...known.values()].includes(null)) return unknown;
  await store.write(async (tx) => {
    for (const [name, mark] of marks) await tx.secretMarks.addUnlessThere(name, mark);
  });
  // Of two processes that start at once on a new database, with secrets of their own, one has come first.
  return unknownSecrets(store.read, marks);
}
