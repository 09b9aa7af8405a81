import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
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
});
