import { HDNodeWallet } from "ethers";

/** Hardhat's well-known accounts: anyone can spend from them, so they are good for a development chain only. */
const MNEMONIC = "test test test test test test test test test test test junk";

const account = (index: number) => {
  const { address, privateKey } = HDNodeWallet.fromPhrase(MNEMONIC, "", `m/44'/60'/0'/0/${index}`);
  return { address, privateKey };
};

export const DEV_CHAIN_ID = 31_337;
export const DEV_ADMIN = account(0);
export const DEV_RELAYER = account(1);
