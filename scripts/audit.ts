#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --optimize-for-size --max-semi-space-size=1
/**
 * `npm run audit --` and the bin identity-ledger-audit: what an auditor does, without trusting the operator.
 *
 * The flags above keep V8 from letting garbage pile up, as it does where memory is plenty: half as much is needed then.
 * The variable is glibc's: one heap, and not one for each of Node's threads.
 */
import { Command, CommanderError } from "commander";
import { chainCommand } from "./audit/chain.ts";
import { consentCommand } from "./audit/consent.ts";
import { diffCommand } from "./audit/diff.ts";
import { exportCommand } from "./audit/export.ts";
import { ledgerCommand } from "./audit/ledger.ts";
import { EXIT, explain } from "./audit/outcome.ts";
import { receiptCommand } from "./audit/receipt.ts";
import { watchCommand } from "./audit/watch.ts";

const program = new Command("identity-ledger-audit")
  .description("Checks an identity ledger against the chain that carries it, without trusting its operator.")
  .addHelpText(
    "after",
    `
Trust roots (chain id, contract, ledger key) come from you, by flags or --trust FILE, never from what is audited:
  {"chainId":1,"contract":"0x…","ledgerKey":"identity-ledger/…+…+…","codeHash":"0x…"}

Exit codes: 0 verified, 1 does not hold, 2 could not be checked. See docs/auditing.md.`,
  )
  .exitOverride()
  .showHelpAfterError("(--help tells more)");

for (const command of [
  receiptCommand,
  ledgerCommand,
  watchCommand,
  diffCommand,
  exportCommand,
  consentCommand,
  chainCommand,
]) {
  program.addCommand(command().copyInheritedSettings(program));
}

// A reader that has seen enough (head, less) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.verified : EXIT.couldNotCheck;
  } else {
    process.stderr.write(`\nCould not be checked: ${explain(error)}\n`);
    process.exitCode = EXIT.couldNotCheck;
  }
}
