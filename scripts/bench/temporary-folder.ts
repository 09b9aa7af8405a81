import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "../campaign/command.ts";

/** Gone with the scope; and with the process, which may end before its scopes do. */
export function temporaryFolder(scope: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), "identity-ledger-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  scope.defer(() => {
    process.removeListener("exit", remove);
    remove();
  });
  return folder;
}
