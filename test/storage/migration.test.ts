import { expect } from "chai";
import { Migrator } from "kysely/migration";
import { migrations } from "../../server/storage/migrations/index.ts";
import { conformance } from "./conformance.ts";
import { NOW, epoch, sha256 } from "./samples.ts";

conformance("a database of the first release", (database) => {
  it("keeps its batches and their signed transactions when the tables change", async () => {
    const db = database.raw();
    const provider = migrations({ binary: database.kind === "SQLite" ? "blob" : "bytea" });
    const { error } = await new Migrator({ db, provider }).migrateTo("0001_ledger");
    expect(error).to.equal(undefined);
    const { number, chainId, contract, genesisHash, codeHash } = epoch(1);
    const place = { number, chain_id: chainId, contract, genesis_hash: genesisHash, code_hash: codeHash };
    await db
      .insertInto("epochs")
      .values({ ...place, disposable: 0, opened_at: NOW })
      .execute();
    const span = { from_size: 0, to_size: 5, from_change: 0, to_change: 1 };
    const row = { id: 1, epoch: 1, ...span, root: sha256("root"), nonce: 4, status: "broadcast" };
    const nowhere = { created_at: NOW, tx_hash: null, block_number: null, block_hash: null };
    // As the tables were: without the columns that Schema knows by now.
    await db
      .insertInto("batches")
      .values({ ...row, ...nowhere } as never)
      .execute();
    const attempt = { tx_hash: "0xold", batch_id: 1, raw: "0xraw", ordinal: 0 };
    await db
      .insertInto("anchor_attempts")
      .values(attempt as never)
      .execute();

    const store = await database.open();
    const [batch] = await store.read.anchors.inFlight(1);
    expect(batch).to.include({ id: 1, toSize: 5, toChange: 1, nonce: 4, relayer: "", mined: null });
    expect(batch!.root).to.deep.equal(sha256("root"));
    const [kept] = await store.read.anchors.attempts(1);
    expect(kept).to.deep.include({ txHash: "0xold", raw: "0xraw", fees: { type: 0, gasPrice: 0n } });
    expect(await store.read.anchors.lease()).to.deep.equal({ owner: "", token: 0, beat: 0 });
  });
});
