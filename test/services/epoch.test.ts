import { expect } from "chai";
import { pino } from "pino";
import type { Chain, Epoch, Store } from "../../server/ports.ts";
import { AnchorTrouble } from "../../server/services/anchor-trouble.ts";
import { attachEpoch } from "../../server/services/epoch.ts";
import { toHex } from "../../server/ledger/index.ts";
import { rootAt } from "../../server/services/tree.ts";
import { openStore } from "../../server/storage/open.ts";
import { appendFor } from "../storage/samples.ts";

const HASH = { genesis: `0x${"0a".repeat(32)}`, code: `0x${"0b".repeat(32)}` };
const log = pino({ level: "silent" });

/** A chain that says of itself what a test wants it to. */
function chain(says: {
  contract?: string;
  genesis?: string;
  code?: string | null;
  size?: number;
  root?: string;
  block?: string | null;
}): Chain {
  const { contract = "0xc0", genesis = HASH.genesis, code = HASH.code, size = 0, root = "" } = says;
  const { block = "0x02" } = says;
  const told = {
    contract,
    identity: async () => ({ chainId: 1, genesisHash: genesis }),
    codeHash: async () => code,
    treeHead: async () => ({ size, root }),
    blockHash: async () => block,
  };
  return told as unknown as Chain;
}

describe("The chain that carries the ledger", () => {
  let store: Store;
  let root: string;
  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "l" });
    for (const name of ["a", "b"]) await store.write((tx) => appendFor(tx, name));
    root = toHex(await rootAt(store.read, 2));
  });
  afterEach(() => store.close());

  const attach = (to: Chain, disposable = false): Promise<Epoch> =>
    attachEpoch(store, to, { disposable, now: 0, log });

  /** Two events in a block that is final, or not yet. */
  async function anchoredAt(disposable: boolean, { final = true } = {}): Promise<void> {
    const epoch = await attach(chain({}), disposable);
    await store.write(async (tx) => {
      const batch = {
        epoch: epoch.number,
        fromSize: 0,
        toSize: 2,
        fromChange: 0,
        toChange: 0,
        relayer: "0xrelayer",
        nonce: 0,
        createdAt: 0,
      };
      const { id } = await tx.anchors.insertBatch(
        { ...batch, root: new Uint8Array(32) },
        { txHash: "0x01", raw: "0x", fees: { type: 0, gasPrice: 1n } },
      );
      await tx.anchors.setMined(id, { txHash: "0x01", blockNumber: 1, blockHash: "0x02" }, 0);
      if (final) await tx.anchors.setFinal(epoch.number, 1);
    });
  }

  const refuses = async (to: Chain, why: RegExp, disposable = false) => {
    const error = await attach(to, disposable).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(AnchorTrouble);
    expect((error as Error).message).to.match(why);
    expect((await store.read.anchors.currentEpoch())?.number ?? 0).to.be.at.most(1);
  };

  it("is recognised when it is where we left it", async () => {
    await anchoredAt(false);
    expect(await attach(chain({ size: 2, root }))).to.include({ number: 1 });
  });

  it("is not taken when it holds other events, more of them, fewer, or none", async () => {
    await anchoredAt(false);
    await refuses(chain({ size: 2, root: HASH.code }), /different histories/);
    await refuses(chain({ size: 3, root }), /older\s+backup/);
    await refuses(chain({ size: 1, root }), /behind or on a fork/);
    await refuses(chain({ size: 0 }), /behind or on a fork/);
  });

  it("may have taken back what was not final, and nothing else", async () => {
    await anchoredAt(false, { final: false });
    expect(await attach(chain({ size: 0 }))).to.include({ number: 1 });
    await refuses(chain({ size: 1, root }), /behind or on a fork/);
  });

  it("is not taken when a block that was final is another now, and waited for when it is not there yet", async () => {
    await anchoredAt(false);
    await refuses(chain({ size: 2, root, block: "0x03" }), /was final as 0x02 and is now 0x03/);
    await refuses(chain({ size: 2, root, block: null }), /waiting for it to catch up/);
  });

  it("is not exchanged for another one silently, not even for an embedded one when the setting was forgotten", async () => {
    await anchoredAt(false);
    await refuses(chain({ contract: "0xc1" }), /Nothing was sent/);
    await refuses(chain({ genesis: HASH.code }), /Nothing was sent/);
    await refuses(chain({ code: HASH.genesis }), /Nothing was sent/);
    await refuses(chain({ genesis: HASH.code }), /Nothing was sent/, true);
  });

  it("is replaced by the next embedded one when it was itself embedded", async () => {
    await anchoredAt(true);
    expect(await attach(chain({ genesis: HASH.code }), true)).to.include({ number: 2, disposable: true });
    // Even where the next one looks the same, because both were made within a second.
    expect(await attach(chain({ genesis: HASH.code }), true)).to.include({ number: 3, disposable: true });
  });

  it("must have a contract, and one without another ledger's events", async () => {
    await refuses(chain({ code: null }), /no contract/);
    await refuses(chain({ size: 5 }), /already holds 5 events/);
  });
});
