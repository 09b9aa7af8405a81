import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { inspectPhc } from "../../server/crypto/phc.ts";
import { keyedPseudonyms } from "../../server/crypto/pseudonyms.ts";
import { parsePhoneNumber } from "../../server/domain/phone.ts";
import type { Credential, Store, Subject, Tx } from "../../server/ports.ts";
import { importLegacy } from "../../server/services/legacy-import.ts";
import type { RowResult, Tally } from "../../server/services/legacy-import.ts";
import { readLines } from "../../server/services/legacy-rows.ts";
import { NO_FACTORS } from "../../server/services/otp.ts";
import { createRecorder } from "../../server/services/recorder.ts";
import { subjectByPhone } from "../../server/services/subjects.ts";
import { conformance, testDatabase } from "../storage/conformance.ts";
import { ARGON2, HASH, PBKDF2, SALT, SHA512, inPieces, phone, row } from "./legacy-samples.ts";

const pseudonyms = keyedPseudonyms(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
const random = (length: number) => new Uint8Array(randomBytes(length));
const NOW = Date.UTC(2026, 0, 1);

const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
const file = (lines: readonly string[]) => `${lines.join("\n")}\n`;

const recorderOf = (store: Store) =>
  createRecorder({ store, clock: { now: () => NOW }, randomBytes: random, onCommitted: () => {} });

interface Run {
  readonly tally: Tally;
  readonly results: RowResult[];
}

async function run(
  store: Store,
  content: string | Uint8Array,
  options: { dryRun?: boolean } = {},
): Promise<Run> {
  const results: RowResult[] = [];
  const tally = await importLegacy(readLines(inPieces(content)), depsOf(store), {
    dryRun: options.dryRun ?? false,
    report: (part) => void results.push(...part),
  });
  return { tally, results };
}

const depsOf = (store: Store) => ({
  store,
  recorder: recorderOf(store),
  pseudonyms,
  randomBytes: random,
  inspectVerifier: inspectPhc,
});

const tally = (imported: number, set = 0, rejected = 0): Tally => ({
  imported,
  "already set": set,
  rejected,
});

async function credentialOf(store: Store, number: number) {
  const subject = await store.read.subjects.byAlias(pseudonyms.alias("phone", phone(number)));
  return subject === null ? null : store.read.credentials.get(subject.id, "fra");
}

function subjectOf(tx: Tx, number: number): Promise<Subject> {
  return subjectByPhone(tx, parsePhoneNumber(phone(number)), { pseudonyms, randomBytes: random, now: NOW });
}

async function save(store: Store, number: number, changes: Partial<Credential>): Promise<void> {
  await store.write(async (tx) => {
    const { id } = await subjectOf(tx, number);
    const credential = await tx.credentials.getForUpdate(id, "fra", NOW);
    await tx.credentials.save({ ...credential, ...changes }, NOW);
  });
}

conformance("An import", (database) => {
  it("binds each verifier to its phone, without a pepper, and writes one event of it", async () => {
    const store = await database.open();
    const done = await run(store, file([row(1), row(2, SHA512), row(3, ARGON2)]));
    expect(done.tally).to.deep.equal(tally(3));

    for (const [number, phc] of [
      [1, PBKDF2],
      [2, SHA512],
      [3, ARGON2],
    ] as const) {
      const credential = await credentialOf(store, number);
      expect(credential?.verifier).to.deep.equal({ phc, pepperId: null });
      expect(credential?.counter).to.deep.equal({
        reserved: 0,
        cleared: 0,
        lockedUntil: null,
        disabledAt: null,
      });
    }
    expect((await store.read.events.head()).size).to.equal(3);
    expect(await store.read.credentials.pepperIdsInUse()).to.deep.equal([]);
    expect(await store.read.credentials.formatCounts()).to.deep.equal([
      { format: "argon2id", count: 1 },
      { format: "pbkdf2-sha256", count: 1 },
      { format: "pbkdf2-sha512", count: 1 },
    ]);
  });

  it("tells the ledger the format and the masked phone, and nothing of the verifier", async () => {
    const store = await database.open();
    await run(
      store,
      JSON.stringify({ phoneNumber: phone(1), verifier: PBKDF2, createdAt: "2024-12-30T16:51:29Z" }),
    );
    const { id, payload } = await database
      .raw()
      .selectFrom("events")
      .select(["id", "payload"])
      .executeTakeFirstOrThrow();
    const text = Buffer.from(payload!).toString();
    expect(JSON.parse(text)).to.deep.include({
      id,
      type: "credential_import",
      eventType: "pin_knowledge_factor_imported",
      policy: "fra",
      phoneNumber: "+20100000****",
      factors: { knowledge: "asserted", possession: "absent", presence: "absent" },
      outcome: {
        format: "pbkdf2-sha256",
        createdAt: "2024-12-30T16:51:29Z",
        reserved: 0,
        failures: 0,
        lockedUntil: null,
        disabledAt: null,
        open: [],
      },
    });
    for (const secret of [SALT, HASH, "310000", phone(1)]) expect(text).not.to.contain(secret);
  });

  it("imports nothing twice, neither in one file nor in a second run, and keeps the first of two", async () => {
    const store = await database.open();
    const content = file([...rows(0, 250), row(3, ARGON2), row(249, ARGON2)]);
    const first = await run(store, content);
    expect(first.tally).to.deep.equal(tally(250, 2));
    expect(first.results.filter(({ outcome }) => outcome === "already set")).to.deep.equal([
      { line: 251, outcome: "already set", reason: null },
      { line: 252, outcome: "already set", reason: null },
    ]);
    expect((await credentialOf(store, 249))?.verifier?.phc).to.equal(PBKDF2);

    expect((await run(store, content)).tally).to.deep.equal(tally(0, 252));
    expect((await store.read.events.head()).size).to.equal(250);
  });

  it("leaves a PIN alone that was set here", async () => {
    const store = await database.open();
    const own = { phc: ARGON2, pepperId: "p-1" };
    await save(store, 1, { verifier: own });
    expect((await run(store, file([row(1), row(2)]))).tally).to.deep.equal(tally(1, 1));
    expect((await credentialOf(store, 1))?.verifier).to.deep.equal(own);
    expect(await store.read.credentials.pepperIdsInUse()).to.deep.equal(["p-1"]);
  });

  it("counts the guesses on, for someone whose PIN was guessed at before it came", async () => {
    const store = await database.open();
    const guessed = { reserved: 4, cleared: 0, lockedUntil: null, disabledAt: null };
    await save(store, 1, { counter: guessed });
    expect((await run(store, row(1))).tally).to.deep.equal(tally(1));
    expect(await credentialOf(store, 1)).to.deep.include({
      verifier: { phc: PBKDF2, pepperId: null },
      counter: guessed,
    });
  });

  it("goes on where it was killed, at any row", async () => {
    const store = await database.open();
    const content = file(rows(0, 700));
    async function* killed(): AsyncGenerator<Uint8Array> {
      yield* inPieces(content.slice(0, content.length / 2));
      throw new Error("killed");
    }
    const death: unknown = await importLegacy(readLines(killed()), depsOf(store), {
      dryRun: false,
      report: () => {},
    }).catch((error: unknown) => error);
    expect(death).to.have.property("message", "killed");
    const { size } = await store.read.events.head();
    expect(size).to.be.within(1, 350);

    expect((await run(store, content)).tally).to.deep.equal(tally(700 - size, size));
    expect((await store.read.events.head()).size).to.equal(700);
  });

  it("does nothing at all in a dry run, and tells what it would do", async () => {
    const store = await database.open();
    await run(store, row(0));
    const content = file([...rows(0, 300), row(7), "{}"]);
    const rehearsed = await run(store, content, { dryRun: true });
    expect(rehearsed.tally).to.deep.equal(tally(299, 2, 1));
    expect((await store.read.events.head()).size).to.equal(1);
    expect((await run(store, content)).results).to.deep.equal(rehearsed.results);
  });

  it("gets along with a request that holds the row of one it imports, and then wants the ledger's head", async () => {
    const store = await database.open();
    await save(store, 5, {});
    const request = recorderOf(store).commit(async (unit) => {
      const subject = await subjectOf(unit.tx, 5);
      await unit.tx.credentials.getForUpdate(subject.id, "fra", NOW);
      await sleep(200);
      await unit.append(subject, {
        type: "pin_check",
        policy: "fra",
        device: {},
        factors: NO_FACTORS,
        consentVerified: false,
        outcome: {},
      });
    });
    await sleep(50);
    const [done] = await Promise.all([run(store, file(rows(0, 10))), request]);
    expect(done.tally).to.deep.equal(tally(10));
    expect((await store.read.events.head()).size).to.equal(11);
  });

  it("gets along with another that comes from the file's other end", async () => {
    const store = await database.open();
    const lines = rows(0, 200);
    const [one, other] = await Promise.all([run(store, file(lines)), run(store, file(lines.toReversed()))]);
    expect(one.tally.imported + other.tally.imported).to.equal(200);
    expect((await store.read.events.head()).size).to.equal(200);
  });
});

describe("A large import", () => {
  const database = testDatabase("SQLite");

  it("of 10,000 rows with 100 broken ones brings in 9,900, names 100 by line, and brings in nothing again", async () => {
    const store = await database.open();
    const breaks = [
      (line: string) => line.slice(0, -1),
      (line: string) => line.replace("+20", "0"),
      (line: string) => line.replace("310000", "10000000"),
      (line: string) => line.replace(HASH, `${HASH}=`),
    ];
    const verifiers = [PBKDF2, SHA512, ARGON2];
    const broken: number[] = [];
    const lines = Array.from({ length: 10_000 }, (_, i) => {
      if (i % 100 !== 42) return row(i, verifiers[i % 3]);
      broken.push(i + 1);
      return breaks[broken.length % 4]!(row(i));
    });
    const first = await run(store, file(lines));
    expect(first.tally).to.deep.equal(tally(9_900, 0, 100));
    expect(first.results.flatMap(({ line, reason }) => (reason === null ? [] : [line]))).to.deep.equal(
      broken,
    );
    expect(first.results.map(({ line }) => line)).to.deep.equal(lines.map((_, i) => i + 1));
    expect((await store.read.events.head()).size).to.equal(9_900);

    const second = await run(store, file(lines));
    expect(second.tally).to.deep.equal(tally(0, 9_900, 100));
    expect((await store.read.events.head()).size).to.equal(9_900);
  }).timeout(60_000);
});
