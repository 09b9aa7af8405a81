import { Command } from "commander";
import { diffLedgers } from "../../server/audit/diff.ts";
import { withJson } from "./options.ts";
import { conclude, number, print, printJson } from "./outcome.ts";
import { SOURCE_ARGUMENT, ledgerSource, withApiKey } from "./sources.ts";
import type { SourceOptions } from "./sources.ts";

export function diffCommand(): Command {
  return withJson(
    withApiKey(
      new Command("diff")
        .description("compares two exports: have they the same history, as far as both reach?")
        .argument("<a>", SOURCE_ARGUMENT)
        .argument("<b>", "the same"),
    ),
  ).action(async (a: string, b: string, options: SourceOptions & { json?: boolean }) => {
    const difference = await diffLedgers(ledgerSource(a, options), ledgerSource(b, options));
    const result = difference.samePrefix ? "verified" : "does_not_hold";
    if (options.json === true) {
      printJson({ command: "diff", result, ...difference });
    } else {
      const [left, right] = difference.sizes;
      print(difference.samePrefix ? "THE SAME HISTORY\n" : "DIFFERENT HISTORIES\n");
      print(`  ${difference.what}`);
      print(
        `  Sizes: ${number(left)} and ${number(right)}; erased in only one: ${number(difference.erasedBetween)}.`,
      );
    }
    conclude(result);
  });
}
