/** Compiles contracts/DigestStore.sol, with the settings that our own contract is compiled with. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { InterfaceAbi } from "ethers";

const SOURCE = new URL("contracts/DigestStore.sol", import.meta.url);

export interface Compiled {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Record<
    string,
    Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>
  >;
}

export function compileDigestStore(): Compiled {
  // Ten megabytes of compiler: loaded only where it is used. It has no types.
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { "DigestStore.sol": { content: readFileSync(SOURCE, "utf8") } },
        settings: {
          evmVersion: "cancun",
          optimizer: { enabled: true, runs: 1_000_000 },
          outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
        },
      }),
    ),
  ) as SolcOutput;
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  const contract = output.contracts["DigestStore.sol"]?.["DigestStore"];
  if (contract === undefined) throw new Error("the compiler returned no DigestStore");
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` };
}
