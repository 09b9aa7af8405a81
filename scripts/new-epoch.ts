/** `npm run new-epoch`: moves the ledger to the chain and contract that the configuration names. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { evmChain } from "../server/chain/evm-chain.ts";
import { JsonRpc } from "../server/chain/rpc.ts";
import { toConfig } from "../server/config/config.ts";
import { ConfigError, readEnv } from "../server/config/env.ts";
import { SteadyClock } from "../server/crypto/clock.ts";
import { toHex } from "../server/ledger/index.ts";
import { moveLedger, planMove } from "../server/services/new-epoch.ts";
import type { Move } from "../server/services/new-epoch.ts";
import { openStore } from "../server/storage/open.ts";

const USAGE = `Usage: npm run new-epoch [-- --yes]

Moves the ledger to another chain or contract: opens a new epoch at CHAIN_RPC_URL and CONTRACT_ADDRESS, which must lead
to a new, empty ConsentManager (\`npm run deploy\`) whose ANCHOR_ROLE the relayer has. Shows what it will do and asks
first. The service anchors the whole ledger there at its next start, in one transaction of subtrees. Run it with the
same configuration (environment or .env) as the service, and stop the service before.

  --yes    do not ask
  --help   show this
`;

/** Exit codes: 0 moved, 1 it cannot be done, 2 wrong command line or configuration, 3 not confirmed. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { yes: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (existsSync(".env")) process.loadEnvFile(".env");
  const env = readEnv(process.env);
  const { chain: place, databaseUrl } = toConfig(env);
  if (place.kind === "embedded" || env.RELAYER_PRIVATE_KEY === undefined) {
    throw new ConfigError(["CHAIN_RPC_URL: set it; the embedded chain opens its epochs by itself"]);
  }
  const rpc = new JsonRpc(place.rpcUrl, { timeoutMs: place.timeoutMs });
  const chain = evmChain({ rpc, contract: place.contract, relayerKey: env.RELAYER_PRIVATE_KEY });
  const store = await openStore({ url: databaseUrl, newLedgerId: randomUUID() });
  try {
    const move = await planMove(store, chain);
    console.log(describe(move));
    if (!values.yes && !(await confirmed())) {
      console.log("Nothing was changed.");
      return 3;
    }
    const epoch = await moveLedger(store, chain, new SteadyClock(), move);
    console.log(
      `Epoch ${epoch.number} is open. Start the service (npm start): it anchors the ledger there first of all.`,
    );
    return 0;
  } finally {
    await store.close();
  }
}

function describe({ from, to, size, root, consentChanges, anchoredSize, gas }: Move): string {
  const lines = [
    [
      "from",
      from === null ? "nowhere: the ledger was never anchored" : `epoch ${from.number}, ${where(from)}`,
    ],
    ["to", `epoch ${(from?.number ?? 0) + 1}, ${where(to)}`],
    ["events", `${size}, of which ${anchoredSize} are anchored where the ledger is now`],
    ["root", toHex(root)],
    ["consents", `${consentChanges} changes`],
    ["gas", gas === null ? "none: there is nothing to anchor" : `about ${gas} for the first transaction`],
  ];
  return [
    "The ledger moves",
    ...lines.map(([name = "", value = ""]) => `  ${name.padEnd(10)}${value}`),
    "Receipts fetched so far keep naming the old contract, and verify there for as long as its chain is kept.",
    "",
  ].join("\n");
}

const where = ({ chainId, contract }: { chainId: number; contract: string }): string =>
  `${contract} on chain ${chainId}`;

async function confirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question("Move it? [y/N] ")).trim());
  } finally {
    terminal.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  const misused =
    error instanceof ConfigError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  process.exitCode = misused === true ? 2 : 1;
}
