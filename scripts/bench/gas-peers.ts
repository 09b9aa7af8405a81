/** What the alternatives charge for the same digests. */
import { Interface, ZeroAddress, ZeroHash } from "ethers";
import { compileDigestStore } from "./digest-store.ts";
import { fetchEas } from "./eas.ts";
import { MOST_GAS } from "./gas-chain.ts";
import type { GasChain } from "./gas-chain.ts";

export interface Peer {
  readonly name: string;
  readonly batch: number;
  readonly perEvent: number;
  /** More than one where a batch does not fit. */
  readonly transactions: number;
}

export type Digests = (count: number) => Uint8Array[];

/** Our mapping of digests, one at a time and many. */
export async function storingEach(
  chain: GasChain,
  digests: Digests,
  batches: readonly number[],
): Promise<Peer[]> {
  const compiled = compileDigestStore();
  const contract = await chain.deploy(compiled);
  const abi = new Interface(compiled.abi);
  await chain.send(contract, abi.encodeFunctionData("store", digests(1)));
  return peers(batches, "a mapping of digests", (count) =>
    inTransactions(count, (size) =>
      chain.send(
        contract,
        size === 1
          ? abi.encodeFunctionData("store", digests(1))
          : abi.encodeFunctionData("storeMany", [digests(size)]),
      ),
    ),
  );
}

/** @throws {CouldNotRun} where EAS cannot be fetched */
export async function attesting(
  chain: GasChain,
  digests: Digests,
  batches: readonly number[],
): Promise<Peer[]> {
  const { registry, eas } = await fetchEas();
  const registryAddress = await chain.deploy(registry);
  const easAddress = await chain.deploy(eas, [registryAddress]);
  const schemas = new Interface(registry.abi);
  const abi = new Interface(eas.abi);
  await chain.send(
    registryAddress,
    schemas.encodeFunctionData("register", ["bytes32 digest", ZeroAddress, false]),
  );
  const schema = chain.lastTopics()[1];

  const request = (data: Uint8Array) => ({
    recipient: ZeroAddress,
    expirationTime: 0,
    revocable: false,
    refUID: ZeroHash,
    data,
    value: 0,
  });
  const attest = (size: number) =>
    size === 1
      ? abi.encodeFunctionData("attest", [{ schema, data: request(digests(1)[0] as Uint8Array) }])
      : abi.encodeFunctionData("multiAttest", [[{ schema, data: digests(size).map(request) }]]);
  const timestamp = (size: number) =>
    size === 1
      ? abi.encodeFunctionData("timestamp", digests(1))
      : abi.encodeFunctionData("multiTimestamp", [digests(size)]);
  const named = (one: string, many: string) => (count: number) =>
    count === 1 ? `EAS ${one}` : `EAS ${many}`;

  await chain.send(easAddress, attest(1));
  const each = (call: (size: number) => string) => (count: number) =>
    inTransactions(count, (size) => chain.send(easAddress, call(size)));
  return [
    ...(await peers(batches, named("attest", "multiAttest"), each(attest))),
    ...(await peers(batches, named("timestamp", "multiTimestamp"), each(timestamp))),
  ];
}

async function peers(
  batches: readonly number[],
  name: string | ((batch: number) => string),
  measure: (count: number) => Promise<{ gas: number; transactions: number }>,
): Promise<Peer[]> {
  const found: Peer[] = [];
  for (const batch of batches) {
    const { gas, transactions } = await measure(batch);
    found.push({
      name: typeof name === "string" ? name : name(batch),
      batch,
      perEvent: gas / batch,
      transactions,
    });
  }
  return found;
}

/** In as few transactions as the gas limit of one allows. */
async function inTransactions(
  count: number,
  send: (size: number) => Promise<number>,
): Promise<{ gas: number; transactions: number }> {
  // A probe of ten tells how many fit, with a margin for the cost of memory, which grows faster than they do.
  const fits = count <= 10 ? count : Math.floor((MOST_GAS * 0.9) / ((await send(10)) / 10));
  let gas = 0;
  let transactions = 0;
  for (let left = count; left > 0; left -= fits, transactions++) gas += await send(Math.min(left, fits));
  return { gas, transactions };
}
