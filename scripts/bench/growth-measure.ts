/** The operations whose cost could grow with the ledger, on one ledger. */
import { dirname, join } from "node:path";
import { pino } from "pino";
import { compose } from "../../server/compose.ts";
import { toConfig } from "../../server/config/config.ts";
import { readEnv } from "../../server/config/env.ts";
import { readSecrets } from "../../server/config/secrets.ts";
import { checkpointSigner } from "../../server/crypto/checkpoint-signer.ts";
import type { Epoch, RandomBytes } from "../../server/ports.ts";
import { createReceipts } from "../../server/services/receipts.ts";
import { inclusionProof } from "../../server/services/tree.ts";
import type { Random } from "../campaign/random.ts";
import { openLedger } from "./ledger-under-test.ts";
import { SEEDED_EPOCH, eventId } from "./seed-ledger.ts";
import { countReads } from "./sql-tap.ts";

export const OPERATIONS = ["append", "inclusion proof", "receipt", "start-up"] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Measured {
  readonly ms: readonly number[];
  /** Of each, on average. */
  readonly statements: number;
  readonly rows: number;
}

/** A full tile: what its last leaf costs is in the mean. */
const TILE = 256;
const TIMES = 300;

export async function measureLedger(
  path: string,
  options: {
    /** Up to which it was seeded; what follows was appended by earlier rounds. */
    readonly size: number;
    readonly random: Random;
    readonly randomBytes: RandomBytes;
  },
): Promise<Record<Operation, Measured>> {
  const { size, random, randomBytes } = options;
  const ledger = await openLedger(`sqlite:${path}`, { newLedgerId: "", randomBytes });
  try {
    const append = await repeat(TILE, () => ledger.append());
    const { read } = ledger.store;
    const receipts = createReceipts({
      store: ledger.store,
      signer: checkpointSigner(randomBytes(32)),
      epoch: {
        ...SEEDED_EPOCH,
        genesisHash: "0x",
        codeHash: "0x",
        disposable: true,
        openedAt: 0,
      } satisfies Epoch,
    });
    const proof = await repeat(TIMES, () =>
      inclusionProof(read, random.int(size - TILE), size - random.int(TILE)),
    );
    const receipt = await repeat(TIMES, () => receipts.receipt(eventId(random.int(size))));
    return { append, "inclusion proof": proof, receipt, "start-up": await startUp(path) };
  } finally {
    await ledger.close();
  }
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<Measured> {
  // To have code compiled and statements prepared; pages of the file are read as they come.
  for (let i = 0; i < times / 10; i++) await work();
  const ms: number[] = [];
  const { reads } = await countReads(async () => {
    for (let i = 0; i < times; i++) {
      const from = performance.now();
      await work();
      ms.push(performance.now() - from);
    }
  });
  return { ms, statements: reads.statements / times, rows: reads.rows / times };
}

/** The whole service, on a chain of its own. */
async function startUp(path: string): Promise<Measured> {
  const env = readEnv({
    PORT: "0",
    CHAIN_PORT: "0",
    DATA_DIR: join(dirname(path), "secrets"),
    DATABASE_URL: `sqlite:${path}`,
  });
  const config = toConfig(env);
  const secrets = readSecrets(env);
  const from = performance.now();
  const { result: service, reads } = await countReads(() =>
    compose(config, secrets, pino({ level: "silent" })),
  );
  const ms = performance.now() - from;
  await service.close();
  return { ms: [ms], ...reads };
}
