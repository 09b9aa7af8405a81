import type { AuditChain } from "../../server/ports/audit.ts";

type Range = Parameters<AuditChain["logs"]>;

/** Asks everything once: many audits against one state of a chain need not wait for it each time. */
export function rememberedChain(chain: AuditChain): AuditChain {
  const remember = <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) => {
    const known = new Map<string, Promise<T>>();
    return (...args: A): Promise<T> => {
      const key = args.join();
      const answer = known.get(key) ?? ask(...args);
      known.set(key, answer);
      return answer;
    };
  };
  const all = <L>(read: (...range: Range) => AsyncIterable<readonly L[]>) =>
    remember(async (...range: Range) => (await Array.fromAsync(read(...range))).flat());
  const anchors = all((...range) => chain.anchors(...range));
  const logs = all((...range) => chain.logs(...range));
  return {
    chainId: remember(() => chain.chainId()),
    codeHash: remember((contract: string) => chain.codeHash(contract)),
    blockNumber: remember(() => chain.blockNumber()),
    blockTimestamp: remember((block: number) => chain.blockTimestamp(block)),
    deploymentBlock: remember((contract: string) => chain.deploymentBlock(contract)),
    sizeAt: remember((contract: string, block: number) => chain.sizeAt(contract, block)),
    rootAt: remember((contract: string, size: number) => chain.rootAt(contract, size)),
    consent: remember((contract: string, id: string) => chain.consent(contract, id)),
    async *anchors(...range) {
      yield await anchors(...range);
    },
    async *logs(...range) {
      yield await logs(...range);
    },
  };
}
