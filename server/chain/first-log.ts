import { wasRefused } from "./answered.ts";
import type { RpcReader } from "./patient-rpc.ts";

/**
 * The first log from that block on which the filter fits; null where there is none. Endpoints limit the blocks that they
 * look through in one call, each as it likes: all are asked for at first, and half as many whenever that is refused.
 *
 * @throws {ChainUnavailable} no usable answer, or a refusal of a single block
 */
export async function firstLog<Log>(
  rpc: RpcReader,
  filter: { readonly address: string; readonly topics: readonly unknown[] },
  fromBlock: number,
): Promise<Log | null> {
  const last = Number(await rpc.call<string>("eth_blockNumber"));
  let blocks = Math.max(1, last - fromBlock + 1);
  for (let begin = fromBlock; begin <= last;) {
    const end = Math.min(last, begin + blocks - 1);
    const range = { fromBlock: `0x${begin.toString(16)}`, toBlock: `0x${end.toString(16)}` };
    try {
      const [log] = await rpc.call<Log[]>("eth_getLogs", [{ ...filter, ...range }]);
      if (log !== undefined) return log;
      begin = end + 1;
    } catch (error) {
      if (!wasRefused(error) || begin === end) throw error;
      blocks = Math.ceil((end - begin + 1) / 2);
    }
  }
  return null;
}
