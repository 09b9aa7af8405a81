import { HDNodeWallet } from "ethers";
import { deployConsentManager } from "./deploy.ts";
import type { JsonRpc } from "./rpc.ts";

/** Hardhat's well-known accounts: anyone can spend from them, so they are good for a development chain only. */
const MNEMONIC = "test test test test test test test test test test test junk";

const account = (index: number) => {
  const { address, privateKey } = HDNodeWallet.fromPhrase(MNEMONIC, "", `m/44'/60'/0'/0/${index}`);
  return { address, privateKey };
};

export const DEV_CHAIN_ID = 31_337;
export const DEV_ADMIN = account(0);
export const DEV_RELAYER = account(1);

/** @returns the address of a ConsentManager whose roles those accounts have */
export async function deployForDevelopment(rpc: JsonRpc): Promise<string> {
  const { contract } = await deployConsentManager(rpc, {
    deployerKey: DEV_ADMIN.privateKey,
    admin: DEV_ADMIN.address,
    relayer: DEV_RELAYER.address,
    adminTransferDelay: 0,
    pollMs: 5,
  });
  return contract;
}
