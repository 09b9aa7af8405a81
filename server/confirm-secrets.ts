/** Whether the secrets are those of the database, before anything is done with either. */
import { ConfigError } from "./config/env.ts";
import type { Secrets } from "./config/secrets.ts";
import { missingPeppers } from "./crypto/pin-hasher.ts";
import { secretMarks } from "./crypto/secret-marks.ts";
import type { Store } from "./ports.ts";
import { adoptSecrets, unknownSecrets } from "./services/known-secrets.ts";

/**
 * @param adopt whether those that the database does not know yet are its own from now on
 * @throws {ConfigError} where customers would not be found, or their PINs never match
 */
export async function confirmSecrets(
  store: Store,
  secrets: Secrets,
  { adopt = true }: { readonly adopt?: boolean } = {},
): Promise<void> {
  const inUse = await store.read.credentials.pepperIdsInUse();
  const missing = missingPeppers(new Set(secrets.peppers.keys()), inUse);
  if (missing.length > 0) {
    throw new ConfigError([
      `PIN_PEPPERS: ${missing.join(", ")} is in use by stored PINs and not configured; they could never be verified`,
    ]);
  }
  const marks = secretMarks(secrets);
  const unknown = await (adopt ? adoptSecrets(store, marks) : unknownSecrets(store.read, marks));
  if (unknown.length > 0) {
    throw new ConfigError([
      `${unknown.join(", ")}: not what this database was first used with. Its customers would not be found, or their ` +
        "PINs never match. Restore what it was (generated secrets are in secrets.json, in DATA_DIR); a new pepper needs " +
        "an id of its own",
    ]);
  }
}
