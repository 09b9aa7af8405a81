/** Options that several commands share, and the trust roots they come to. */
import { readFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { parseTrust } from "../../server/audit/trust.ts";
import type { AuditTrust, ChainTrust } from "../../server/audit/trust.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import type { AuditChain } from "../../server/ports/audit.ts";
import { Usage } from "./outcome.ts";

export interface TrustOptions {
  readonly rpc?: string;
  readonly trust?: string;
  readonly chainId?: number;
  readonly contract?: string;
  readonly ledgerKey?: string;
  readonly codeHash?: string;
}

export interface RangeOptions {
  readonly fromBlock?: number;
  readonly asOf?: number;
  readonly confirmations: number;
}

export function natural(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("Expected a whole number.");
  return value;
}

export function withTrust(command: Command): Command {
  return command
    .addOption(new Option("--rpc <url>", "your own endpoint of the chain").env("AUDIT_RPC_URL"))
    .option("--trust <file>", "trust roots as JSON; flags win over it")
    .option("--chain-id <id>", "the chain", natural)
    .option("--contract <address>", "the ConsentManager contract")
    .option("--ledger-key <vkey>", "the ledger's verifier key, name+id+base64")
    .option("--code-hash <hash>", "keccak256 of the contract's code");
}

export function withRange(command: Command): Command {
  return command
    .option("--from-block <number>", "where the contract's logs begin [found by bisection]", natural)
    .option("--as-of <block>", "look at the chain as it was then (for an older export)", natural)
    .option("--confirmations <number>", "how deep a block must be to count", natural, 1);
}

export const withJson = (command: Command): Command => command.option("--json", "for machines");

/** @throws {Usage} that says how to come by the missing ones */
export function chainTrust(options: TrustOptions): ChainTrust {
  const { chainId, contract, codeHash } = roots(options);
  if (chainId === undefined || contract === undefined) {
    throw new Usage(
      `Name the ${chainId === undefined ? "chain (--chain-id)" : "contract (--contract)"}, or give --trust FILE.\n` +
        "Have chain id and contract from the operator in writing, or from what was published when the contract was\n" +
        "deployed (deployments/<chain id>.json), but not from the service or the file that you are auditing.",
    );
  }
  return { chainId, contract, codeHash };
}

/** @throws {Usage} */
export function fullTrust(options: TrustOptions): AuditTrust {
  const { ledgerKey } = roots(options);
  const trust = chainTrust(options);
  if (ledgerKey === undefined) {
    throw new Usage(
      "Name the ledger's key (--ledger-key), or give --trust FILE.\n" +
        "It looks like identity-ledger/<id>+<8 hex digits>+<base64>; have it from the operator in writing, once. The\n" +
        "service or the file that you are auditing must not be where you take it from.",
    );
  }
  return { ...trust, ledgerKey };
}

export function chainOf({ rpc }: TrustOptions): AuditChain {
  if (rpc === undefined) {
    throw new Usage(
      "Name an endpoint of the chain (--rpc URL, or AUDIT_RPC_URL): your own node, or a provider that you chose.",
    );
  }
  return rpcAuditChain(rpc);
}

export function roots(options: TrustOptions): Partial<AuditTrust> {
  const { chainId, contract, ledgerKey, codeHash } = options;
  const flags = Object.entries({ chainId, contract, ledgerKey, codeHash }).filter(
    ([, value]) => value !== undefined,
  );
  const file = options.trust === undefined ? {} : readTrust(options.trust);
  return { ...file, ...parseTrust(Object.fromEntries(flags)) };
}

function readTrust(path: string): Partial<AuditTrust> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Usage(`The trust file ${path} could not be read: ${(error as Error).message}`);
  }
  return parseTrust(json);
}
