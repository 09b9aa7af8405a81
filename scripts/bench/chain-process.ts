/** The embedded chain in a process of its own: where a real one would be. With a block time it mines at that pace. */
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { JsonRpc } from "../../server/chain/rpc.ts";
import { answerQuestions } from "./contender-process.ts";

export interface ChainProcess {
  readonly url: string;
  readonly contract: string;
  readonly relayerKey: string;
}

const [blockMs = "0"] = process.argv.slice(2);
const { url, contract, relayerKey } = await startEmbeddedChain({ port: 0, startedAt: Date.now() });
if (Number(blockMs) > 0) {
  const rpc = new JsonRpc(url, { timeoutMs: 10_000 });
  await rpc.call("evm_setAutomine", [false]);
  await rpc.call("evm_setIntervalMining", [Number(blockMs)]);
}
answerQuestions({ url, contract, relayerKey } satisfies ChainProcess, async () => ({}));
