/** `npm run deploy`: puts ConsentManager on the chain behind CHAIN_RPC_URL and writes deployments/<chainId>.json. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { Wallet, isAddress } from "ethers";
import { deployConsentManager } from "../server/chain/deploy.ts";
import { DEV_ADMIN, DEV_CHAIN_ID, DEV_RELAYER } from "../server/chain/dev-accounts.ts";
import { JsonRpc } from "../server/chain/rpc.ts";

const USAGE = `Usage: npm run deploy [-- --help]

Deploys ConsentManager and writes deployments/<chainId>.json. Configuration from the environment or .env:

  CHAIN_RPC_URL          the chain's JSON-RPC endpoint               [http://127.0.0.1:8545]
  DEPLOYER_PRIVATE_KEY   pays for the deployment                     [chain ${DEV_CHAIN_ID}: a development account]
  ADMIN_ADDRESS          may give and take the anchoring role        [the deployer]
  RELAYER_ADDRESS        may anchor                                  [of RELAYER_PRIVATE_KEY, or a development account]
  ADMIN_TRANSFER_DELAY   seconds before a new admin can take over    [259200: three days; ${DEV_CHAIN_ID}: 0]
`;

/** Three days to notice that someone is taking over. */
const ADMIN_TRANSFER_DELAY = 259_200;

if (process.argv.length > 2) {
  const help = process.argv.includes("--help");
  (help ? console.log : console.error)(USAGE);
  process.exit(help ? 0 : 2);
}
if (existsSync(".env")) process.loadEnvFile(".env");

const { env } = process;
const rpc = new JsonRpc(env.CHAIN_RPC_URL ?? "http://127.0.0.1:8545", { timeoutMs: 30_000 });

try {
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const dev = chainId === DEV_CHAIN_ID;
  const deployerKey = env.DEPLOYER_PRIVATE_KEY ?? (dev ? DEV_ADMIN.privateKey : undefined);
  if (deployerKey === undefined)
    throw new Error(`chain ${chainId} is no development chain: set DEPLOYER_PRIVATE_KEY`);
  const relayer =
    env.RELAYER_ADDRESS ?? addressOf(env.RELAYER_PRIVATE_KEY) ?? (dev ? DEV_RELAYER.address : undefined);
  if (relayer === undefined) throw new Error("set RELAYER_ADDRESS or RELAYER_PRIVATE_KEY");
  const admin = env.ADMIN_ADDRESS ?? new Wallet(deployerKey).address;
  for (const [name, value] of Object.entries({ ADMIN_ADDRESS: admin, RELAYER_ADDRESS: relayer })) {
    if (!isAddress(value)) throw new Error(`${name} is not an address`);
  }
  const delay = Number(env.ADMIN_TRANSFER_DELAY ?? (dev ? 0 : ADMIN_TRANSFER_DELAY));
  if (!Number.isSafeInteger(delay) || delay < 0)
    throw new Error("ADMIN_TRANSFER_DELAY is not a number of seconds");

  console.error(`Deploying ConsentManager to chain ${chainId} …`);
  const deployment = await deployConsentManager(rpc, {
    deployerKey,
    admin,
    relayer,
    adminTransferDelay: delay,
  });
  await mkdir("deployments", { recursive: true });
  const file = `deployments/${chainId}.json`;
  await writeFile(file, `${JSON.stringify(deployment, null, 2)}\n`);
  console.log(`Deployed in block ${deployment.blockNumber}; written to ${file}.\n`);
  console.log(`CHAIN_RPC_URL=${env.CHAIN_RPC_URL ?? "http://127.0.0.1:8545"}`);
  console.log(`CONTRACT_ADDRESS=${deployment.contract}`);
  // Hardhat's well-known key is no secret; any other stays with whoever has it.
  if (relayer === DEV_RELAYER.address) console.log(`RELAYER_PRIVATE_KEY=${DEV_RELAYER.privateKey}`);
} catch (error) {
  console.error(`Not deployed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function addressOf(privateKey: string | undefined): string | undefined {
  return privateKey === undefined ? undefined : new Wallet(privateKey).address;
}
