/**
 * An identity's 32 bytes as a text of 32 characters: half the memory of its hex, where there are as many of them as
 * there are subjects.
 *
 * @param identityHash "0x" and 64 hex digits
 */
export function identityKey(identityHash: string): string {
  const codes: number[] = [];
  for (let at = 2; at < identityHash.length; at += 2)
    codes.push(Number.parseInt(identityHash.slice(at, at + 2), 16));
  // At once: a text that grew letter by letter keeps its pieces, at several times its size.
  return String.fromCharCode(...codes);
}

/** The identity hash of such a key. */
export function identityHashOf(key: string): string {
  let hex = "0x";
  for (let at = 0; at < key.length; at++) hex += key.charCodeAt(at).toString(16).padStart(2, "0");
  return hex;
}
