import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { ConfigError } from "../../server/config/env.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";

describe("Peppers", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const pepper = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;
  const inUse = (): string[] => {
    const database = new Database(join(dataDir, "ledger.db"), { readonly: true });
    const rows = database.prepare("select pepper_id from credentials where phc is not null").all();
    database.close();
    return rows.map((row) => (row as { pepper_id: string }).pepper_id);
  };

  it("are rotated: the old one still verifies, a success moves to the new one, and then the old one may go", async () => {
    const [old, fresh] = [pepper("p1"), pepper("p2")];
    const phone = newPhone();
    const run = async (
      peppers: string,
      work: (api: Awaited<ReturnType<typeof startService>>) => Promise<void>,
    ) => {
      const api = await startService({ PIN_PEPPERS: peppers }, { dataDir });
      try {
        await work(api);
      } finally {
        await api.close();
      }
    };
    await run(old, async (api) => void (await onboard(api, phone)));
    expect(inUse()).to.deep.equal(["p1"]);

    await run(`${fresh},${old}`, async (api) => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => verify(api, phone, GOOD_PIN)));
      expect(answers.map(({ body }) => body.valid)).to.deep.equal([true, true, true, true]);
    });
    expect(inUse()).to.deep.equal(["p2"]);

    await run(fresh, async (api) => {
      expect((await verify(api, phone, GOOD_PIN)).body.valid).to.equal(true);
    });
  });

  it("that are in use and missing are a refusal to start, by name, and not wrong PINs", async () => {
    const api = await startService({ PIN_PEPPERS: pepper("p1") }, { dataDir });
    await onboard(api, newPhone());
    await api.close();
    const error = await startService({ PIN_PEPPERS: pepper("p2") }, { dataDir }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect((error as Error).message).to.match(/PIN_PEPPERS: p1 is in use/);
  });

  it("and the pseudonym key that are new under an old name are a refusal to start, by name", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    const database = { DATABASE_URL: `sqlite:${join(dataDir, "ledger.db")}` };
    try {
      const api = await startService({}, { dataDir });
      const phone = newPhone();
      await onboard(api, phone);
      await api.close();
      // The database as it was, and the generated secrets anew: their file was lost.
      const error = await startService(database, { dataDir: elsewhere }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ConfigError);
      expect((error as Error).message).to.match(/PSEUDONYM_KEY, PIN_PEPPERS dev1: not what this database/);
      const restored = await startService({}, { dataDir });
      expect((await verify(restored, phone, GOOD_PIN)).body.valid).to.equal(true);
      await restored.close();
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
