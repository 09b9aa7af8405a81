import { createHmac } from "node:crypto";

/**
 * By its name, what a database keeps of each secret that its rows depend on, to know it again: HMAC-SHA256 under the
 * secret itself, hex. The secrets are random, so nothing can be found from it.
 */
export function secretMarks(secrets: {
  readonly peppers: ReadonlyMap<string, Uint8Array>;
  readonly pseudonymKey: Uint8Array;
}): ReadonlyMap<string, string> {
  const named: [string, Uint8Array][] = [
    ["PSEUDONYM_KEY", secrets.pseudonymKey],
    ...[...secrets.peppers].map(([id, pepper]): [string, Uint8Array] => [`PIN_PEPPERS ${id}`, pepper]),
  ];
  return new Map(
    named.map(([name, secret]) => [
      name,
      createHmac("sha256", secret).update(`identity-ledger/secret-mark/v1\0${name}`).digest("hex"),
    ]),
  );
}
