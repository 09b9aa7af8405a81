/** Looks at events again and again: what their status says must be so on the chain, and final is for ever. */
import type { JsonRpc } from "../../../server/chain/rpc.ts";
import { look } from "./audit.ts";
import type { Api } from "./workload.ts";

interface Watched {
  readonly url: string;
  /** Of the block it was last seen in. */
  blockHash: string | null;
  /** Was mined, and is not. */
  lost: boolean;
  final: boolean;
}

/** Of all events so many are watched at a time, beside those that were final and are looked at now and then. */
const WATCHED = 60;
const FINALS_PER_LOOK = 10;

export function statusWatch(rpc: JsonRpc) {
  const open = new Map<string, Watched>();
  const final: Watched[] = [];
  const counts = { watched: 0, regressions: 0, recovered: 0 };
  const broken: string[] = [];
  let next = 0;

  const canonical = async (blockNumber: number): Promise<string | null> => {
    const block = await rpc.call<{ hash: string } | null>("eth_getBlockByNumber", [
      `0x${blockNumber.toString(16)}`,
      false,
    ]);
    return block?.hash ?? null;
  };

  /** What it says that is not so; null when all is true. */
  async function inspect(api: Pick<Api, "get">, one: Watched): Promise<string | null> {
    const { status, event } = await look(api, one.url);
    if (status !== 200) {
      broken.push(`${one.url} is gone: ${status}`);
      return null;
    }
    const { status: state, blockNumber, blockHash } = event.anchor;
    const stands = blockNumber === null || (await canonical(blockNumber)) === blockHash;
    if (one.final && (state !== "final" || blockHash !== one.blockHash || !stands)) {
      broken.push(`${one.url} was final in ${one.blockHash} and is now ${state} in ${blockHash}`);
    }
    if (state === "final" && !stands) {
      const there = await canonical(blockNumber);
      broken.push(`${one.url} is final in block ${blockNumber} ${blockHash}, where the chain has ${there}`);
    }
    if (one.blockHash !== null && blockHash !== one.blockHash) counts.regressions++;
    if (one.blockHash !== null && blockHash === null) one.lost = true;
    else if (blockHash !== null && (one.lost || (one.blockHash !== null && blockHash !== one.blockHash))) {
      one.lost = false;
      counts.recovered++;
    }
    one.blockHash = blockHash;
    if (state === "final" && !one.final) {
      one.final = true;
      open.delete(one.url);
      final.push(one);
    }
    return stands
      ? null
      : `${one.url} is ${state} in block ${blockNumber} ${blockHash}, which is not canonical`;
  }

  return {
    add(url: string): void {
      if (open.size >= WATCHED) return;
      open.set(url, { url, blockHash: null, lost: false, final: false });
      counts.watched++;
    },
    /** What is not true at the moment; what must never be is put down in `broken`. */
    async look(api: Pick<Api, "get">): Promise<string[]> {
      const finals = Array.from(
        { length: Math.min(FINALS_PER_LOOK, final.length) },
        () => final[next++ % final.length],
      );
      const all = [...open.values(), ...finals].filter((one) => one !== undefined);
      const wrong = await Promise.all(all.map((one) => inspect(api, one)));
      return wrong.filter((one) => one !== null);
    },
    broken,
    get open() {
      return open.size;
    },
    get finals() {
      return final.length;
    },
    get watched() {
      return counts.watched;
    },
    get regressions() {
      return counts.regressions;
    },
    get recovered() {
      return counts.recovered;
    },
  };
}
