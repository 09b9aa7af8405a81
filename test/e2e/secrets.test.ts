import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import { clientHash, signIn, signInAdmin } from "../helpers/account.ts";
import { giveConsent, newPhone, requestOtp, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";

/**
 * A canary may appear as it is, in hex or in base64. As it is, it is looked for outside of long hex strings: among
 * thousands of random hex digits any six will turn up sooner or later.
 */
function expectNone(text: string, canary: string, where: string): void {
  const bytes = Buffer.from(canary);
  expect(text.replace(/(0x)?[0-9a-f]{32,}/g, "…"), `${where} and ${canary}`).not.to.contain(canary);
  expect(text, `${where} and ${canary} in hex`).not.to.contain(bytes.toString("hex"));
  expect(text, `${where} and ${canary} in base64`).not.to.contain(
    bytes.toString("base64").replace(/=+$/, ""),
  );
}

describe("No secret gets out", () => {
  it("of PINs, codes, verifiers and phone numbers: not into the log, the events, the calldata, or the database beside its row", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    try {
      const api = await startService({}, { dataDir });
      const phone = newPhone();
      const pins = { set: "839271", wrong: "507264", refused: "46182", weak: "888888" };
      const { otp } = await giveConsent(api, phone);
      const answers = [
        await api.post("/api/pin/set", { pin: pins.refused, phoneNumber: phone, otp }),
        await api.post("/api/pin/set", { pin: pins.weak, phoneNumber: phone, otp }),
        await api.post("/api/pin/set", { pin: Number(pins.set), phoneNumber: phone, otp }),
        await api.post("/api/pin/set", `{"pin":"${pins.set}","phoneNumber":"${phone}","otp":"${otp}"`),
        await api.post("/api/pin/set", { pin: pins.set, phoneNumber: phone, otp }),
        await verify(api, phone, pins.set),
        await verify(api, phone, pins.wrong),
        await api.post("/api/consents", { phoneNumber: phone, otp: pins.wrong }),
        await api.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`),
        await api.get(`/nowhere?pin=${pins.set}&phone=${encodeURIComponent(phone)}`),
      ];
      const unused = await requestOtp(api, phone, "pin_set");
      const eventUrls = answers.flatMap(({ body }) =>
        body.eventUrl === undefined ? [] : [body.eventUrl as string],
      );
      expect(eventUrls).to.have.length(3);
      const told = [
        ...answers.map(({ body }) => JSON.stringify(body)),
        ...(await Promise.all(eventUrls.map(async (url) => JSON.stringify((await api.get(url)).body)))),
      ];

      const audit = auditor(api.rpcUrl, api.contract);
      const calldata: string[] = [];
      for (let block = await audit.provider.getBlockNumber(); block > 0; block--) {
        for (const transaction of (await audit.provider.getBlock(block, true))!.prefetchedTransactions) {
          calldata.push(
            transaction.data,
            JSON.stringify(await audit.provider.getTransactionReceipt(transaction.hash)),
          );
        }
      }
      audit.close();
      await api.close();

      const database = new Database(join(dataDir, "ledger.db"));
      const credential = database.prepare("select phc from credentials where phc is not null").get() as {
        phc: string;
      };
      const [salt, digest] = credential.phc.split("$").slice(-2);
      // The credential's row is where the verifier belongs: look at everything else.
      database.exec("update credentials set phc = null; vacuum; pragma wal_checkpoint(truncate)");
      database.close();
      const files = readdirSync(dataDir).filter((name) => name.startsWith("ledger.db"));
      const stored = files.map((name) => readFileSync(join(dataDir, name)).toString("latin1"));

      const canaries = [
        pins.set,
        pins.wrong,
        pins.refused,
        pins.weak,
        otp,
        unused,
        credential.phc,
        salt!,
        digest!,
      ];
      for (const canary of [...canaries, phone, phone.slice(1)]) {
        expectNone(api.log.join(""), canary, "the log");
        expectNone(calldata.join(""), canary, "the calldata");
        expectNone(stored.join(""), canary, "the database");
      }
      for (const canary of [...canaries, phone]) {
        expectNone(told.join(""), canary, "the answers");
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it("of accounts: digits, client hashes, temporary PINs and access tokens: not into the log, the events, or the database beside its row", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    try {
      const api = await startService({}, { dataDir });
      const sub = "account-of-the-canaries";
      const me = await signIn(api, { sub, phoneNumber: newPhone() });
      const support = await signInAdmin(api, "support-of-the-canaries");
      const pins = { set: "839271", next: "507264", wrong: "461829", session: "7350", chosen: "9064" };
      const hash = await clientHash("8362", "a salt of its own");
      const [clientSalt, clientDigest] = hash.split("$").slice(-2) as [string, string];
      const key = (name: string) => ({ "idempotency-key": name });
      const answers = [
        await me.post("/api/v1/pin", { pin: pins.set }, key("a")),
        await me.post("/api/v1/pin/verify", { pin: pins.wrong }, key("b")),
        await me.post("/api/v1/pin", { pin: pins.next, current_pin: pins.set }, key("c")),
        await me.post("/api/v1/pin", { pin_hash: hash, pin_length: 4, current_pin: pins.next }, key("d")),
        await me.post("/api/v1/pin/verify", { pin_hash: hash }, key("e")),
        await me.post("/api/v1/pin", { pin_hash: `${hash}!`, pin_length: 4 }),
        await me.post("/api/v1/pin", { pin_hash: hash, pin_length: 7 }),
        await me.post("/api/session/pin", { pin: pins.session, confirmation: pins.session }, key("f")),
        await me.post("/api/session/pin/verify", { pin: pins.session }, key("g")),
      ];
      const status = await me.get("/api/v1/pin");
      expect(status.body.pin_hash).to.contain(clientSalt);
      const { body: found } = await support.post("/api/admin/subjects/search", { account: sub });
      const address = `/api/admin/subjects/${found.subjectId as string}/temporary-pin`;
      answers.push(await support.post(address, { pin: pins.chosen }, key("h")));
      const generated = await support.post(address, {}, key("i"));
      const temporary = generated.body.temporaryPin as string;
      answers.push(await support.post(address, {}, key("i")));
      answers.push(await me.post("/api/session/pin/verify", { pin: temporary }, key("j")));
      answers.push(await support.post("/api/admin/subjects/search", { account: sub }));
      answers.push(await support.get("/api/admin/actions"));
      const urls = [...answers, generated].flatMap(({ body }) =>
        body.eventUrl ? [body.eventUrl as string] : [],
      );
      expect(urls).to.have.length(12);
      const told = [
        ...[...answers, status].map(({ body }) => JSON.stringify(body)),
        ...(await Promise.all(urls.map(async (url) => JSON.stringify((await api.get(url)).body)))),
      ].join("\n");
      await api.close();

      const database = new Database(join(dataDir, "ledger.db"));
      // Where the verifier and the client's own salt belong; look at everything else.
      database.exec(
        "update credentials set phc = null, client_parameters = null; vacuum; pragma wal_checkpoint(truncate)",
      );
      const tables = database
        .prepare("select name from sqlite_master where type = 'table'")
        .pluck()
        .all() as string[];
      const cells = tables.flatMap((table) =>
        (database.prepare(`select * from "${table}"`).raw().all() as unknown[][]).flat(),
      );
      const texts = cells.map((cell) =>
        cell instanceof Uint8Array ? Buffer.from(cell).toString("utf8") : String(cell),
      );
      database.close();
      const files = readdirSync(dataDir).filter((name) => name.startsWith("ledger.db"));
      const stored = files.map((name) => readFileSync(join(dataDir, name)).toString("latin1")).join("");
      const log = api.log.join("");

      const tokens = [me, support].map(({ headers }) => headers.authorization.replace("Bearer ", ""));
      const canaries = [pins.set, pins.next, pins.wrong, hash, clientDigest, sub, "support-of-the-canaries"];
      for (const canary of [...canaries, ...tokens, ...tokens.map((token) => token.split(".")[2]!)]) {
        expectNone(log, canary, "the log");
        expectNone(stored, canary, "the database");
        expectNone(told, canary, "the answers");
      }
      expectNone(log, clientSalt, "the log");
      expectNone(stored, clientSalt, "the database");
      // Four digits turn up by chance in every number: as a value of their own they do not.
      for (const four of [pins.session, pins.chosen, temporary, "8362"]) {
        const value = new RegExp(`"${four}"|(pin|code)[^a-z0-9]{0,9}${four}(?![0-9])`, "i");
        for (const [where, text] of [
          ["the log", log],
          ["the answers", told],
          ["the database", texts.join("\n")],
        ]) {
          expect(text, `${where} and ${four}`).not.to.match(value);
        }
        expect(texts, `a cell of the database and ${four}`).not.to.include(four);
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
