import { fileURLToPath } from "node:url";
import { DEV_RELAYER, deployForDevelopment } from "./dev-accounts.ts";
import { JsonRpc } from "./rpc.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

export interface EmbeddedChain {
  readonly url: string;
  readonly contract: string;
  readonly relayerKey: string;
  close(): Promise<void>;
}

/**
 * A development chain in this process, served over JSON-RPC for auditors, with our contract freshly deployed. It lives
 * in memory: after a restart it is another chain. Its first block bears the time of its making, so that the genesis
 * hash tells one from the next.
 */
export async function startEmbeddedChain(options: {
  readonly port: number;
  readonly startedAt: number;
}): Promise<EmbeddedChain> {
  // Imported here: production needs neither Hardhat nor the second that loading it takes. An empty configuration, not
  // hardhat.config.ts: that one is for contract work and wants the development dependencies.
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const { network } = await createHardhatRuntimeEnvironment({}, {}, PROJECT);
  const server = await network.createServer(
    { network: "default", override: { initialDate: new Date(options.startedAt), loggingEnabled: false } },
    "127.0.0.1",
    options.port,
  );
  const { address, port } = await server.listen();
  const url = `http://${address}:${port}`;
  try {
    const contract = await deployForDevelopment(new JsonRpc(url, { timeoutMs: 10_000 }));
    return { url, contract, relayerKey: DEV_RELAYER.privateKey, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}
