/** Things to store. */
import { createHash, randomBytes as nodeRandomBytes } from "node:crypto";
import type { EventDraft } from "../../server/domain/events.ts";
import type { Fees } from "../../server/domain/fees.ts";
import { toHex } from "../../server/ledger/index.ts";
import type {
  Batch,
  Epoch,
  NewBatch,
  NewOtpChallenge,
  Store,
  StoredEvent,
  Subject,
  Tx,
} from "../../server/ports.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import type { Appended } from "../../server/services/ledger.ts";

export const NOW = 1_750_000_000_000;

/** The largest tree, and beyond what a 32-bit or float column holds. */
export const LARGE = 2 ** 48;

export const randomBytes = (length: number): Uint8Array => new Uint8Array(nodeRandomBytes(length));

export const sha256 = (...parts: (Uint8Array | string)[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const subject = (name: string): Subject => ({
  id: `subject-${name}`,
  identityHash: toHex(sha256(name)),
});

export const subjectOf = (tx: Tx, name: string): Promise<Subject> =>
  tx.subjects.byAliasOrCreate(`alias-${name}`, "phone", subject(name), NOW);

export const draft: EventDraft = {
  type: "pin_verify",
  policy: "fra",
  device: {},
  factors: { knowledge: "verified", possession: "absent", presence: "absent" },
  consentVerified: false,
  outcome: { result: "valid" },
};

/** Appends an event the way every service does. */
export async function appendFor(tx: Tx, name: string, now = NOW): Promise<Appended> {
  return appendEvent(tx, await subjectOf(tx, name), draft, { now, randomBytes });
}

export const storedEvent = (event: Partial<StoredEvent> = {}): StoredEvent => ({
  index: 0,
  id: "event-0",
  subjectId: "subject-a",
  subjectSeq: 0,
  timestamp: NOW,
  type: "pin_verify",
  payload: Uint8Array.of(1),
  salt: Uint8Array.of(2),
  digest: sha256("digest"),
  ...event,
});

/** So many writes at once: connections are made first, for until they stand, one write would follow the other. */
export async function together<T>(
  store: Store,
  count: number,
  work: (tx: Tx, i: number) => Promise<T>,
): Promise<T[]> {
  await Promise.all(range(count).map(() => store.write((tx) => tx.events.head())));
  return Promise.all(range(count).map((i) => store.write((tx) => work(tx, i))));
}

export const challenge = (id: string, options: Partial<NewOtpChallenge> = {}): NewOtpChallenge => ({
  id,
  phoneAlias: "alias-a",
  purposes: ["consent", "pin_set"],
  codeMac: sha256(id),
  createdAt: NOW,
  expiresAt: NOW + 300_000,
  ...options,
});

export const epoch = (number: number): Epoch => ({
  number,
  chainId: 31337,
  contract: "0xc0ffee",
  genesisHash: `0x${"01".repeat(32)}`,
  codeHash: `0x${"02".repeat(32)}`,
  disposable: number % 2 === 1,
  openedAt: NOW,
});

export const FEES: Fees = { type: 2, maxFeePerGas: 2n ** 70n, maxPriorityFeePerGas: 1n };

export const batch = (nonce: number, options: Partial<NewBatch> = {}): NewBatch => ({
  epoch: 1,
  fromSize: nonce * 10,
  toSize: nonce * 10 + 10,
  fromChange: 0,
  toChange: 0,
  root: sha256(`root ${nonce}`),
  relayer: "0xrelayer",
  nonce,
  createdAt: NOW,
  ...options,
});

export const insertBatch = (store: Store, wanted: NewBatch): Promise<Batch> =>
  store.write((tx) =>
    tx.anchors.insertBatch(wanted, {
      txHash: `0x${wanted.epoch}-${wanted.nonce}`,
      raw: `0xsigned${wanted.nonce}`,
      fees: FEES,
    }),
  );

export const minedIn = (blockNumber: number) => ({
  txHash: `0xtx${blockNumber}`,
  blockNumber,
  blockHash: `0xblock${blockNumber}`,
});
