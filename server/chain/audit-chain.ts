import { keccak256, toUtf8String } from "ethers";
import { ChainUnavailable } from "../ledger/index.ts";
import type { AuditChain, ChainConsent } from "../ports/audit.ts";
import { consentManager } from "./abi.ts";
import { anchorLogs } from "./anchor-logs.ts";
import { answered } from "./answered.ts";
import { contractLogs } from "./consent-logs.ts";
import { patientRpc } from "./patient-rpc.ts";
import { JsonRpc, RpcError } from "./rpc.ts";

/** The {@link AuditChain} port over the auditor's own JSON-RPC endpoint. */
export function rpcAuditChain(url: string, options: { readonly timeoutMs?: number } = {}): AuditChain {
  const rpc = patientRpc(new JsonRpc(url, { timeoutMs: options.timeoutMs ?? 30_000 }));

  const code = (contract: string, block: number | "latest") =>
    rpc.call<string>("eth_getCode", [contract, tag(block)]);

  async function view(
    contract: string,
    name: string,
    args: readonly unknown[],
    block: number | "latest" = "latest",
  ): Promise<unknown> {
    const data = consentManager.encodeFunctionData(name, args);
    const answer = await rpc.call<string>("eth_call", [{ to: contract, data }, tag(block)]);
    if (answer === "0x") throw new ChainUnavailable(`${contract} has no function ${name}`);
    return consentManager.decodeFunctionResult(name, answer)[0] as unknown;
  }

  return {
    chainId: () => answered(async () => natural(await rpc.call("eth_chainId"))),
    blockNumber: () => answered(async () => natural(await rpc.call("eth_blockNumber"))),

    codeHash: (contract) =>
      answered(async () => {
        const bytes = await code(contract, "latest");
        return bytes === "0x" ? null : keccak256(bytes);
      }),

    blockTimestamp: (block) =>
      answered(async () => {
        const header = await rpc.call<{ timestamp: unknown } | null>("eth_getBlockByNumber", [
          tag(block),
          false,
        ]);
        if (header === null) throw new ChainUnavailable(`the endpoint has no block ${block}`);
        return natural(header.timestamp);
      }),

    deploymentBlock: (contract) =>
      answered(async () => {
        let [before, at] = [-1, natural(await rpc.call("eth_blockNumber"))];
        try {
          while (at - before > 1) {
            const middle = before + Math.floor((at - before) / 2);
            if ((await code(contract, middle)) === "0x") before = middle;
            else at = middle;
          }
          return at;
        } catch (error) {
          // Nodes that prune old states refuse to say; their logs can still be asked for from the beginning.
          if (error instanceof RpcError) return 0;
          throw error;
        }
      }),

    sizeAt: (contract, block) =>
      answered(async () => {
        try {
          return Number(await view(contract, "size", [], block));
        } catch (error) {
          if (error instanceof RpcError) return null;
          throw error;
        }
      }),

    rootAt: (contract, size) => answered(async () => String(await view(contract, "rootAt", [size]))),

    anchors: (contract, fromBlock, toBlock) => anchorLogs(rpc, contract, fromBlock, toBlock),
    logs: (contract, fromBlock, toBlock) => contractLogs(rpc, contract, fromBlock, toBlock),

    consent: (contract, id) =>
      answered(async (): Promise<ChainConsent> => {
        const block = natural(await rpc.call("eth_blockNumber"));
        const stored = (await view(contract, "getConsent", [id], block)) as {
          readonly [field in "grantedAt" | "expiresAt" | "revokedAt"]: bigint;
        } & { readonly purpose: string; readonly documentHash: string };
        return {
          grantedAt: Number(stored.grantedAt),
          expiresAt: Number(stored.expiresAt),
          revokedAt: Number(stored.revokedAt),
          purpose: toUtf8String(stored.purpose).replace(/\0+$/, ""),
          documentHash: stored.documentHash,
          active: (await view(contract, "isConsentActive", [id], block)) === true,
        };
      }),
  };

  function natural(value: unknown): number {
    const number = typeof value === "string" && /^0x[0-9a-f]+$/i.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number)) throw new ChainUnavailable("the endpoint's answer makes no sense");
    return number;
  }
}

const tag = (block: number | "latest") => (block === "latest" ? block : `0x${block.toString(16)}`);
