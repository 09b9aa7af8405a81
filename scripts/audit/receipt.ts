import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { rpcChainReader } from "../../server/chain/reader.ts";
import { conclusionOf, verifyReceipt } from "../../server/ledger/index.ts";
import type { Verdict } from "../../server/ledger/index.ts";
import { chainTrust, roots, withJson, withTrust } from "./options.ts";
import type { TrustOptions } from "./options.ts";
import { Usage, conclude, print, printJson } from "./outcome.ts";
import type { Result } from "./outcome.ts";

export function receiptCommand(): Command {
  return withJson(
    withTrust(
      new Command("receipt")
        .description("verifies one receipt")
        .argument("<file>", "the receipt; - for stdin"),
    ),
  ).action(async (file: string, options: TrustOptions & { json?: boolean }) => {
    // Without it only what is anchored can be verified: the contract vouches for the root, and nobody for the note.
    const { ledgerKey } = roots(options);
    const trust = { ...chainTrust(options), ...(ledgerKey === undefined ? {} : { ledgerKey }) };
    if (options.rpc === undefined)
      throw new Usage("Name an endpoint of the chain (--rpc URL, or AUDIT_RPC_URL).");
    const verdict = await verifyReceipt(parse(await read(file)), {
      trust,
      chain: rpcChainReader(options.rpc),
    });
    const result = conclusionOf(verdict);
    if (options.json === true) printJson({ command: "receipt", result, ...verdict });
    else printVerdict(verdict, result);
    conclude(result);
  });
}

const HEADLINES: Readonly<Record<Result, string>> = {
  verified: "VERIFIED",
  does_not_hold: "DOES NOT HOLD",
  could_not_check: "COULD NOT BE CHECKED against the chain",
};

function printVerdict({ checks }: Verdict, result: Result): void {
  print(`${HEADLINES[result]}\n`);
  for (const { name, status, detail } of checks) print(`  ${name.padEnd(12)} ${status.padEnd(12)} ${detail}`);
}

async function read(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new Usage(`${file} could not be read: ${(error as Error).message}`);
  }
}

/** What is no JSON is no receipt: for the verifier to say so. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
