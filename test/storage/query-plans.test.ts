import { expect } from "chai";
import { CompiledQuery, sql } from "kysely";
import type { Kysely } from "kysely";
import { toHex } from "../../server/ledger/index.ts";
import { PlainBytes } from "../../server/storage/bytes.ts";
import type { Schema } from "../../server/storage/schema.ts";
import { KyselyStore } from "../../server/storage/store.ts";
import { conformance } from "./conformance.ts";
import type { Kind, TestDatabase } from "./conformance.ts";
import { MANY, fill } from "./filled.ts";
import { FEES, NOW, appendFor, batch, epoch, minedIn, sha256, subjectOf } from "./samples.ts";

/** Every operation that grows more expensive with the ledger, unless an index serves it. */
async function useEverything(store: KyselyStore): Promise<void> {
  const { read } = store;
  await read.subjects.byAlias("alias-7");
  await read.subjects.byIdentityHash(toHex(sha256("subject-7")));
  await read.subjects.aliasKinds("subject-7");
  await read.credentials.get("subject-7", "fra");
  await read.sessions.get("session-7");
  await read.adminActions.page(null, 50);
  await read.adminActions.page(MANY, 50);
  await read.credentials.withOpenAttempts();
  await read.otps.latestTimes("alias-7", 5);
  await read.consents.bySubject("subject-7");
  await read.consents.changes(MANY - 100, 101);
  await read.events.byId("event-7");
  await read.events.digests(256, 512);
  await read.events.outcomes(256, 512);
  const page = { from: 256, to: 512, limit: 100 };
  await read.events.range(page);
  await read.events.range({ ...page, type: "pin_verify" });
  await read.events.range({ ...page, to: MANY, identityHash: toHex(sha256("subject-7")) });
  await read.events.range({ ...page, newestFirst: true, type: "pin_verify" });
  await read.events.range({ ...page, newestFirst: true, identityHash: toHex(sha256("subject-7")) });
  await read.tiles.get(0, 7);
  await read.anchors.attempts(7);
  await read.anchors.attemptsWithNonce(epoch(1), "0xrelayer", 7);
  await read.anchors.inFlight(1);
  await read.anchors.unfinalized(1);
  await read.anchors.unfinalized(1, { limit: 1 });
  await read.anchors.unfinalized(1, { fromBatchId: 1_000 });
  await read.anchors.lastFinal(1);
  await read.anchors.covering(1, 777);
  await read.anchors.last(1);
  await read.anchors.last(2);
  await read.anchors.lastMined(1);
  await read.anchors.longestLag(1, 777, 1_000);
  await read.weakRejections.between(100, 124);
  await read.cosignatures.at(7, "witness-1");
  await read.cosignatures.latestSize("witness-1", MANY / 2);
  await store.write(async (tx) => {
    await subjectOf(tx, "7");
    await tx.credentials.getForUpdate("subject-7", "fra", NOW);
    const grant = await tx.otps.latestForUpdate("alias-7", "consent");
    await tx.otps.countTry(grant!.challenge.id);
    await tx.otps.use(grant!.challenge.id, "consent", NOW);
    await appendFor(tx, "7");
    await tx.anchors.insertBatch(batch(MANY), { txHash: "0xnew", raw: "0x", fees: FEES });
    await tx.anchors.addAttempt({
      batchId: 7,
      txHash: "0xraised",
      raw: "0x",
      relayer: "0xrelayer",
      nonce: 7,
      fees: FEES,
    });
    await tx.anchors.setMined(7, minedIn(7), NOW);
    await tx.anchors.setFinal(1, MANY);
    await tx.anchors.setBack(1, MANY - 5);
    await tx.consents.setRevoked("consent-7", NOW);
    await tx.sessions.save(
      { id: "session-8", subjectId: "subject-8", generation: 1, expiresAt: NOW + MANY },
      NOW,
    );
    await tx.sessions.remove("session-8");
    await tx.adminActions.append("unlock", NOW);
    await tx.weakRejections.add(7, 1);
    await tx.subjects.erase("subject-7");
    await tx.idempotency.claim({ id: "key-7", fingerprint: "f" }, { now: NOW, lease: 1, keep: 1 });
    await tx.idempotency.complete({ id: "key-7", claimedAt: NOW }, "{}");
    await tx.idempotency.release({ id: "key-7", claimedAt: NOW });
  });
}

/** One row, or one per epoch. */
const SMALL = /(from|update) "(ledger|epochs|anchor_lease)"/;

const explain: Record<Kind, (db: Kysely<Schema>, query: CompiledQuery) => Promise<string[]>> = {
  async SQLite(db, query) {
    const explained = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
    const { rows } = await db.executeQuery<{ detail: string }>(explained);
    return rows.map((row) => row.detail).filter((line) => /^SCAN|TEMP B-TREE/.test(line));
  },
  async PostgreSQL(db, query) {
    const explained = CompiledQuery.raw(`explain ${query.sql}`, [...query.parameters]);
    const { rows } = await db.executeQuery<Record<string, string>>(explained);
    return rows.map((row) => row["QUERY PLAN"]!).filter((line) => /Seq Scan|Sort /.test(line));
  },
};

async function recorded(database: TestDatabase): Promise<CompiledQuery[]> {
  const queries: CompiledQuery[] = [];
  const db = database.raw({ log: ({ query }) => void queries.push(query) }).withPlugin(new PlainBytes());
  await useEverything(new KyselyStore(db, { sqlite: database.kind === "SQLite" }));
  return queries.filter(({ sql }) => /^(select|update|delete)/.test(sql) && !SMALL.test(sql));
}

conformance("every statement that services use", (database) => {
  it("finds its rows by an index, in the order it wants them, however long the ledger", async () => {
    const store = await database.open();
    for (const number of [1, 2]) await store.write((tx) => tx.anchors.openEpoch(epoch(number)));
    const db = database.raw();
    await fill(db);
    if (database.kind === "PostgreSQL") await sql`analyze`.execute(db);
    const queries = await recorded(database);
    expect(queries.length).to.be.at.least(20);
    const found: Record<string, string[]> = {};
    for (const query of queries) {
      const complaints = await explain[database.kind](db, query);
      if (complaints.length > 0) found[query.sql] = complaints;
    }
    // A subject's few consents and a batch's few attempts may be sorted by hand, the outcomes of a short range grouped.
    const few = /from "(consents|anchor_attempts)"|as "told"/;
    const slow = Object.entries(found).filter(
      ([statement, lines]) => !few.test(statement) || lines.some((line) => /scan/i.test(line)),
    );
    expect(slow).to.deep.equal([]);
  });
});
