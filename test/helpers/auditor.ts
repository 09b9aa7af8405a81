/** What an auditor does with an RPC URL and a contract address, and nothing from the service but a receipt. */
import { Contract, JsonRpcProvider, Network } from "ethers";
import { CONSENT_MANAGER_ABI } from "../../server/chain/abi.ts";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { rpcChainReader } from "../../server/chain/reader.ts";
import {
  eventDigest,
  fromHex,
  parseCheckpoint,
  parseNote,
  toUtf8,
  verifyReceipt,
} from "../../server/ledger/index.ts";
import type { Receipt, Verdict } from "../../server/ledger/index.ts";

export interface Auditor {
  readonly provider: JsonRpcProvider;
  readonly contract: Contract;
  verify(receipt: unknown): Promise<Verdict>;
  /** Asks the contract itself. */
  includedOnChain(receipt: Receipt): Promise<boolean>;
  close(): void;
}

export function auditor(rpcUrl: string, contractAddress: string): Auditor {
  const network = Network.from(DEV_CHAIN_ID);
  const provider = new JsonRpcProvider(rpcUrl, network, { staticNetwork: network, cacheTimeout: -1 });
  const contract = new Contract(contractAddress, CONSENT_MANAGER_ABI, provider);
  const chain = rpcChainReader(rpcUrl);
  return {
    provider,
    contract,
    verify: (receipt) =>
      verifyReceipt(receipt, { trust: { chainId: DEV_CHAIN_ID, contract: contractAddress }, chain }),
    includedOnChain: async (receipt) => {
      const digest = eventDigest(fromHex(receipt.salt), toUtf8(receipt.payload));
      const { size } = parseCheckpoint(parseNote(receipt.checkpoint).text);
      return (await contract.getFunction("verifyInclusion")(
        digest,
        receipt.index,
        size,
        receipt.inclusionProof,
      )) as boolean;
    },
    close: () => provider.destroy(),
  };
}
