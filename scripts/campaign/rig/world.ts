/** One chain, one database, and the processes that come and go on them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { eventually } from "../../../test/helpers/eventually.ts";
import { startProcess } from "../../../test/helpers/process.ts";
import type { ServiceProcess } from "../../../test/helpers/process.ts";
import { evmChain } from "../../../server/chain/evm-chain.ts";
import { ChainUnavailable } from "../../../server/ports.ts";
import type { Chain, Store } from "../../../server/ports.ts";
import { openStore } from "../../../server/storage/open.ts";
import type { Scope } from "../command.ts";
import { auditOf } from "./audit.ts";
import type { Audit } from "./audit.ts";
import { startChain } from "./chain.ts";
import type { ChainKind, TestChain } from "./chain.ts";
import { faultProxy } from "./fault-proxy.ts";
import type { FaultProxy } from "./fault-proxy.ts";
import { sendWatch } from "./send-watch.ts";
import type { SendWatch } from "./send-watch.ts";
import type { Api, Workload } from "./workload.ts";
import { minerOf } from "./miner.ts";
import type { Miner } from "./miner.ts";

export interface World {
  readonly chain: TestChain;
  /** The chain through our own eyes: no proxy, no service between. */
  readonly eyes: Chain;
  readonly miner: Miner;
  /** Between the services and the chain. */
  readonly proxy: FaultProxy;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly store: Store;
  readonly audit: Audit;
  readonly sends: SendWatch;
  /** A process of the service; variables such as CRASH_AT are crashing-main.ts's. */
  start(variables?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /** Until the chain has all that the database has. */
  settled(timeoutMs?: number): Promise<void>;
  /** Waits until all is settled, then audits: what does not hold. Takes the acknowledged ones off the list. */
  examine(api: Api, load: Pick<Workload, "acknowledged" | "violations">): Promise<string[]>;
}

export interface WorldOptions {
  readonly chain?: ChainKind;
  readonly anvil?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Where the database is; a SQLite file of its own if not given. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
}

const MAIN = new URL("./crashing-main.ts", import.meta.url).pathname;

export async function createWorld(scope: Scope, options: WorldOptions = {}): Promise<World> {
  const chain = await startChain(options.chain ?? "anvil", options.anvil);
  scope.defer(() => chain.stop());
  const proxy = await faultProxy(chain.url);
  scope.defer(() => proxy.close());
  const miner = minerOf(chain.rpc);
  scope.defer(() => miner.stop());
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "identity-ledger-campaign-"));
  if (options.dataDir === undefined) {
    scope.defer(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  }
  const databaseUrl = options.databaseUrl ?? `sqlite:${join(dataDir, "ledger.db")}`;
  const store = await openStore({ url: databaseUrl, newLedgerId: randomUUID() });
  scope.defer(() => store.close());
  const sends = await sendWatch(scope, databaseUrl);
  proxy.onCall = async (call) => void (await sends.see(call));
  const audit = auditOf(chain, store);
  const settled = (timeoutMs = 30_000) =>
    eventually(
      async () => (await eyes.treeHead()).size === (await store.read.events.head()).size,
      "all that is committed is anchored",
      timeoutMs,
    );
  const eyes = steady(evmChain({ rpc: chain.rpc, contract: chain.contract, relayerKey: chain.relayerKey }));
  const processes = new Set<ServiceProcess>();
  scope.defer(async () => {
    await Promise.all([...processes].map((process) => process.stop("SIGKILL")));
  });

  return {
    chain,
    eyes,
    miner,
    proxy,
    dataDir,
    databaseUrl,
    store,
    audit,
    sends,
    async start(variables = {}) {
      const process = await startProcess(
        dataDir,
        {
          CHAIN_RPC_URL: proxy.url,
          CONTRACT_ADDRESS: chain.contract,
          RELAYER_PRIVATE_KEY: chain.relayerKey,
          DATABASE_URL: databaseUrl,
          LOG_LEVEL: "warn",
          ...options.variables,
          ...variables,
        },
        { main: MAIN, ownGroup: true },
      );
      processes.add(process);
      void process.ended.then(() => processes.delete(process));
      return process;
    },
    async settled(timeoutMs) {
      await settled(timeoutMs);
    },
    async examine(api, load) {
      await settled();
      const problems = await audit.run(api, load.acknowledged);
      return [...problems, ...load.violations.splice(0), ...sends.violations.splice(0)];
    },
  };
}

/**
 * As a block comes, anvil may answer one call from the state after it and the next from the state before: the size is
 * new then, and has no root yet. Whoever only looks, looks again.
 */
function steady(chain: Chain): Chain {
  const treeHead = async (tries = 5): ReturnType<Chain["treeHead"]> => {
    try {
      return await chain.treeHead();
    } catch (error) {
      if (tries === 1 || !(error instanceof ChainUnavailable)) throw error;
      return treeHead(tries - 1);
    }
  };
  return { ...chain, treeHead: () => treeHead() };
}

/** The process, or what was printed by one that did not come up. */
export const tryStart = (
  world: World,
  variables: Readonly<Record<string, string>>,
): Promise<ServiceProcess | string> => world.start(variables).catch((error: Error) => error.message);

/** The end of what it printed: without codes, which are no one's business in a report either. */
export const tail = (service: ServiceProcess): string =>
  service
    .output()
    .replaceAll(/^(POINT|OTP|SENDS).*\n/gm, "")
    .slice(-1_500);
