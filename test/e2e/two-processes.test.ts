import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import { check } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { outsideChain } from "../helpers/outside-chain.ts";
import type { OutsideChain } from "../helpers/outside-chain.ts";
import { createDatabase } from "../helpers/postgres.ts";
import { startProcess } from "../helpers/process.ts";
import type { ServiceProcess } from "../helpers/process.ts";

const databases = {
  SQLite: async (dataDir: string) => ({ url: `sqlite:${join(dataDir, "ledger.db")}`, drop: async () => {} }),
  PostgreSQL: () => createDatabase(),
};

for (const kind of ["SQLite", "PostgreSQL"] as const) {
  describe(`Two processes on one database and key (${kind})`, () => {
    let chain: OutsideChain;
    let dataDir: string;
    let database: { url: string; drop: () => Promise<void> };
    const running: ServiceProcess[] = [];
    beforeEach(async () => {
      chain = await outsideChain();
      dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
      database = await databases[kind](dataDir);
    });
    afterEach(async () => {
      await Promise.all(
        running.splice(0).map(async (one) => {
          await one.stop("SIGKILL");
        }),
      );
      await database.drop();
      await chain.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    const start = async () => {
      const one = await startProcess(dataDir, {
        ...chain.variables,
        DATABASE_URL: database.url,
        ANCHOR_LEASE_MS: "1000",
      });
      running.push(one);
      return one;
    };
    const sends = async (one: ServiceProcess) =>
      /^identity_ledger_anchor_sender 1$/m.test((await one.get("/metrics")).body as string);

    it("one sends and both answer; when it is killed or paused the other takes over, and it does no harm when it is back", async () => {
      const first = await start();
      await eventually(() => sends(first), "the first sends");
      const second = await start();
      expect((await check(second)).status, "the one that does not send").to.equal(200);
      expect(await sends(second)).to.equal(false);
      const load = await Promise.all(Array.from({ length: 20 }, (_, i) => check(i % 2 ? first : second)));
      expect(load.map(({ status }) => status)).to.deep.equal(load.map(() => 200));

      first.signal("SIGSTOP");
      const pausedAt = performance.now();
      expect((await check(second, { prefer: "wait=9" })).status, "handed over").to.equal(200);
      expect(performance.now() - pausedAt).to.be.lessThan(6_000);
      expect(await sends(second)).to.equal(true);
      first.signal("SIGCONT");
      expect((await check(first)).status).to.equal(200);
      await eventually(async () => !(await sends(first)), "it notices");

      await second.stop("SIGKILL");
      expect((await check(first, { prefer: "wait=9" })).status, "handed back").to.equal(200);
      const third = await start();
      await first.stop("SIGTERM");
      const stoppedAt = performance.now();
      await eventually(() => sends(third), "handed over at once");
      expect(performance.now() - stoppedAt).to.be.lessThan(1_000);

      const audit = auditor(chain.url, chain.contract);
      const logs = await audit.contract.queryFilter("Anchored");
      let size = 0n;
      for (const log of logs) {
        const { args } = audit.contract.interface.parseLog(log)!;
        expect(args.fromSize).to.equal(size);
        size = args.size as bigint;
      }
      expect(size).to.equal(24n);
      audit.close();
      for (const one of [first, second, third]) expect(one.output()).not.to.match(/"level":50/);
    }).timeout(60_000);
  });
}
