import type { Store } from "../ports.ts";

/**
 * The names of those secrets that are not the ones this database was first used with. With another pseudonym key nobody is
 * found again, and with another pepper under the same id every right PIN counts as a wrong one: both look like customers'
 * mistakes, and neither can be told from what the rows say.
 *
 * @param marks by name, as `crypto/secret-marks.ts` makes them
 */
export async function unknownSecrets(
  { secretMarks }: Store["read"],
  marks: ReadonlyMap<string, string>,
): Promise<string[]> {
  const unknown: string[] = [];
  for (const [name, mark] of marks) {
    const known = await secretMarks.get(name);
    if (known !== null && known !== mark) unknown.push(name);
  }
  return unknown;
}

/** The same, and those that are new are known from now on: all or, where one is unknown, none. */
export async function adoptSecrets(store: Store, marks: ReadonlyMap<string, string>): Promise<string[]> {
  const unknown = await unknownSecrets(store.read, marks);
  if (unknown.length > 0) return unknown;
  const known = await Promise.all([...marks.keys()].map((name) => store.read.secretMarks.get(name)));
  if (!known.includes(null)) return [];
  await store.write(async (tx) => {
    for (const [name, mark] of marks) await tx.secretMarks.addUnlessThere(name, mark);
  });
  // Of two processes that start at once on a new database, with secrets of their own, one has come first.
  return unknownSecrets(store.read, marks);
}
