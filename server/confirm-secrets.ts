/** Whether the secrets are those of the database, before anything is done with either. */
import { ConfigError } from "./config/env.ts";
import type { Secrets } from "./config/secrets.ts";
import { missingPeppers } from "./crypto/pin-hasher.ts";
import { secretMarks } from "./crypto/secret-marks.ts";
import type { Store } from "./ports.ts";
import { unknownSecrets } from "./services/known-secrets.ts";

/** @throws {ConfigError} where customers would not be found, or their PINs never match */
export async function confirmSecrets(store: Store, secrets: Secrets): Promise<void> {
  const inUse = await store.read.credentials.pepperIdsInUse();
  const missing = missingPeppers(new Set(secrets.peppers.keys()), inUse);
  if (missing.length > 0) {
    throw new ConfigError([
      `PIN_PEPPERS: ${missing.join(", ")} is in use by stored PINs and not configured; they could never be verified`,
    ]);
  }
  const unknown = await unknownSecrets(store, secretMarks(secrets));
  if (unknown.length > 0) {
    throw new ConfigError([
      `${unknown.join(", ")}: not what this database was first used with. Its customers would not be found, or their ` +
        "PINs never match. Restore what it was (generated secrets are in secrets.json, in DATA_DIR); a new pepper needs " +
        "an id of its own",
    ]);
  }
}
