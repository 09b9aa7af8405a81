import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Tx } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import {
  NOW,
  appendFor,
  batch,
  epoch,
  insertBatch,
  range,
  sha256,
  sleep,
  subject,
  subjectOf,
} from "./samples.ts";

const runProcess = promisify(execFile);
const appendProcess = fileURLToPath(new URL("append-process.ts", import.meta.url));

/** One of each thing that a service writes together. */
async function writeEverything(tx: Tx): Promise<{ eventId: string }> {
  const { id: subjectId } = await subjectOf(tx, "a");
  const credential = await tx.credentials.getForUpdate(subjectId, "fra", NOW);
  await tx.credentials.save({ ...credential, verifier: { phc: "$argon2id$", pepperId: "p1" } }, NOW);
  const event = await appendFor(tx, "a");
  await tx.consents.queueChange(event.index, {
    consentId: "0x01",
    action: "grant",
    timestamp: 1,
    expiresAt: 0,
    purpose: "pin_set",
    documentHash: "0x02",
  });
  await tx.tiles.put({ level: 1, index: 0, hashes: sha256("tile") });
  await tx.anchors.openEpoch(epoch(1));
  return { eventId: event.id };
}

conformance("a write", (database) => {
  it("keeps nothing of what it did when it fails, and fails with the very error", async () => {
    const store = await database.open();
    const trouble = new Error("trouble");
    let eventId = "";
    const failed = await store
      .write(async (tx) => {
        ({ eventId } = await writeEverything(tx));
        throw trouble;
      })
      .catch((error: unknown) => error);
    expect(failed).to.equal(trouble);

    const { read } = store;
    expect(await read.subjects.byAlias("alias-a")).to.equal(null);
    expect(await read.credentials.get("subject-a", "fra")).to.equal(null);
    expect(await read.events.byId(eventId)).to.equal(null);
    expect(await read.events.head()).to.include({ size: 0, lastTimestamp: 0 });
    expect(await read.consents.changes(0, 10)).to.deep.equal([]);
    expect(await read.tiles.get(1, 0)).to.equal(null);
    expect(await read.anchors.currentEpoch()).to.equal(null);
  });

  it("is visible to every read once it resolves", async () => {
    const store = await database.open();
    const { eventId } = await store.write(writeEverything);
    const { read } = store;
    expect(await read.subjects.byAlias("alias-a")).to.deep.equal(subject("a"));
    expect((await read.credentials.get("subject-a", "fra"))?.verifier?.pepperId).to.equal("p1");
    expect((await read.events.byId(eventId))?.index).to.equal(0);
    expect(await read.events.head()).to.include({ size: 1, lastTimestamp: NOW });
    expect(await read.consents.changes(0, 10)).to.have.length(1);
    expect(await read.tiles.get(1, 0)).to.deep.equal(sha256("tile"));
    expect((await read.anchors.currentEpoch())?.number).to.equal(1);
  });

  it("is visible to nobody before, neither to reads nor to other writes", async () => {
    const store = await database.open();
    let reads: Promise<unknown[]> = Promise.resolve([]);
    await store
      .write(async (tx) => {
        await writeEverything(tx);
        reads = Promise.all([
          store.read.events.head().then((head) => head.size),
          store.read.anchors.currentEpoch(),
          store.write((other) => other.credentials.get("subject-a", "fra")),
        ]);
        await sleep(50);
        throw new Error("rolled back");
      })
      .catch(() => {});
    expect(await reads).to.deep.equal([0, null, null]);
  });

  it("that the database refuses leaves nothing, and the next one works", async () => {
    const store = await database.open();
    await store.write((tx) => tx.anchors.openEpoch(epoch(1)));
    const refused = await store
      .write(async (tx) => {
        await appendFor(tx, "a");
        await tx.anchors.openEpoch(epoch(1));
      })
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
    expect((await store.read.events.head()).size).to.equal(0);
    expect((await store.write((tx) => appendFor(tx, "a"))).index).to.equal(0);
  });

  it("has a handle that is dead once it has ended", async () => {
    const store = await database.open();
    const escaped = await store.write(async (tx) => ({ tx }));
    const late = await escaped.tx.anchors.openEpoch(epoch(1)).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(Error);
    expect(await store.read.anchors.currentEpoch()).to.equal(null);
  });
});

conformance("a database", (database) => {
  it("keeps everything when it is opened again, and its ledger's id for ever", async () => {
    const first = await database.open("ledger-1");
    const { eventId } = await first.write(writeEverything);
    await insertBatch(first, batch(0));
    const event = await first.read.events.byId(eventId);
    await first.close();

    const second = await database.open("ledger-2");
    expect(await second.read.events.head()).to.deep.equal({
      ledgerId: "ledger-1",
      size: 1,
      lastTimestamp: NOW,
    });
    expect(await second.read.events.byId(eventId)).to.deep.equal(event);
    expect((await second.read.anchors.inFlight(1))[0]?.nonce).to.equal(0);
    expect((await second.write((tx) => appendFor(tx, "a"))).index).to.equal(1);
  });

  it("that is new can be opened by several processes at once, whose appends make one ledger without a gap", async () => {
    const [processes, each] = [3, 20];
    const ended = await Promise.allSettled(
      range(processes).map(() => runProcess(process.execPath, [appendProcess, database.url, String(each)])),
    );
    expect(ended.filter(({ status }) => status === "rejected")).to.deep.equal([]);
    const store = await database.open("another");
    expect((await store.read.events.head()).size).to.equal(processes * each);
    expect((await store.read.events.head()).ledgerId).to.match(/^process-/);
    const rows = await database
      .raw()
      .selectFrom("events")
      .select(["leaf_index", "subject_seq"])
      .where("subject_id", "=", "subject-shared")
      .orderBy("leaf_index")
      .execute();
    expect(rows.map((row) => row.subject_seq)).to.deep.equal(range((processes * each) / 2));
  });
});
