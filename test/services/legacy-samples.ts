/** Import files, and what is in them. */

export const SALT = "c2FsdHNhbHRzYWx0c2FsdA";
export const HASH = "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
export const PBKDF2 = `$pbkdf2-sha256$i=310000$${SALT}$${HASH}`;
export const SHA512 = `$pbkdf2-sha512$i=210000$${SALT}$${HASH}`;
export const ARGON2 = `$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${HASH}`;

export const phone = (number: number) => `+2010${String(number).padStart(8, "0")}`;

export const row = (number: number, verifier = PBKDF2) =>
  JSON.stringify({ phoneNumber: phone(number), verifier });

/** As a file system gives a file: in pieces that know nothing of lines. */
export async function* inPieces(content: string | Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
