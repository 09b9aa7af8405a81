import type { Migration, MigrationProvider } from "kysely/migration";
import { ledger } from "./0001-ledger.ts";
import { accounts } from "./0002-accounts.ts";
import { sending } from "./0003-sending.ts";
import { cosignatures } from "./0004-cosignatures.ts";
import { openAttempts } from "./0005-open-attempts.ts";
import { figures } from "./0006-figures.ts";
import { secretMarks } from "./0007-secret-marks.ts";
import type { ColumnTypes } from "./column-types.ts";

/** In code rather than found on disk: the order is visible, and nothing is read at start. Landed ones never change. */
export function migrations(types: ColumnTypes): MigrationProvider {
  const all: Record<string, Migration> = {
    "0001_ledger": ledger(types),
    "0002_accounts": accounts(),
    "0003_sending": sending(types),
    "0004_cosignatures": cosignatures(types),
    "0005_open_attempts": openAttempts,
    "0006_figures": figures(),
    "0007_secret_marks": secretMarks,
  };
  return { getMigrations: async () => all };
}
