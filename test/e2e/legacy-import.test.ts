import { spawn } from "node:child_process";
import { pbkdf2Sync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import argon2 from "argon2";
import Database from "better-sqlite3";
import { expect } from "chai";
import { formatPhc } from "../../server/crypto/phc.ts";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, WRONG_PIN, newPhone, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { CHEAP_ARGON2, startService } from "../helpers/service.ts";

const SCRIPT = new URL("../../scripts/import-legacy.ts", import.meta.url).pathname;

const salt = Buffer.from("0123456789abcdef");
const pbkdf2 = formatPhc({
  kind: "pbkdf2",
  algorithm: "pbkdf2-sha256",
  iterations: 1_000,
  salt,
  hash: pbkdf2Sync(GOOD_PIN, salt, 1_000, 32, "sha256"),
});
const row = (phoneNumber: string, verifier = pbkdf2) => JSON.stringify({ phoneNumber, verifier });

describe("Importing legacy PINs", () => {
  let dataDir: string;
  let file: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    file = join(dataDir, "legacy.ndjson");
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  function start(args: readonly string[], variables: Record<string, string> = {}) {
    const child = spawn(process.execPath, [SCRIPT, ...args], {
      cwd: dataDir,
      env: {
        PROFILE: "test",
        DATA_DIR: dataDir,
        DATABASE_URL: `sqlite:${join(dataDir, "ledger.db")}`,
        ...CHEAP_ARGON2,
        ...variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const told = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (told.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (told.stderr += chunk.toString()));
    const ended = new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
      child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", ...told }));
    });
    return { child, ended };
  }
  const run = (args: readonly string[], variables?: Record<string, string>) => start(args, variables).ended;
  const write = (lines: readonly string[]) => writeFileSync(file, `${lines.join("\n")}\n`);

  function query<T>(sql: string): T {
    const database = new Database(join(dataDir, "ledger.db"), { readonly: true });
    try {
      return database.prepare(sql).get() as T;
    } finally {
      database.close();
    }
  }

  it("lets an imported customer in as before, and has her PIN under Argon2id from then on", async () => {
    const phone = newPhone();
    write([row(phone)]);
    expect(await run([file])).to.include({ code: 0, stderr: "" });

    const api = await startService({}, { dataDir });
    try {
      const check = () => api.post("/api/pin/check-pin-exists", { phoneNumber: phone });
      expect((await check()).body).to.include({ exists: true, pinFormat: "pbkdf2_legacy" });
      expect((await verify(api, phone, WRONG_PIN)).body).to.include({ valid: false, attemptsRemaining: 4 });
      expect((await check()).body, "a wrong PIN upgrades nothing").to.include({ pinFormat: "pbkdf2_legacy" });

      const first = await verify(api, phone, GOOD_PIN);
      expect(first.body).to.have.property("valid", true);
      expect(first.body.compliance).to.have.property("verificationMethod", "pbkdf2_legacy");
      const stored = query<{ phc: string; pepper_id: string }>("select phc, pepper_id from credentials");
      expect(stored.phc).to.match(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
      expect(stored.pepper_id).to.equal("dev1");

      const second = await verify(api, phone, GOOD_PIN);
      expect(second.body.compliance).to.have.property("verificationMethod", "argon2_fra_compliant");
      expect((await check()).body).to.include({ pinFormat: "argon2_fra_compliant" });
      expect((await verify(api, phone, WRONG_PIN)).body).to.include({ valid: false });
    } finally {
      await api.close();
    }
  });

  it("takes Argon2 verifiers too, and gives them the pepper on the first success", async () => {
    const [weak, lanes] = [newPhone(), newPhone()];
    const of = (type: 1 | 2) => argon2.hash(GOOD_PIN, { type, memoryCost: 128, timeCost: 2, parallelism: 2 });
    write([row(weak, await of(1)), row(lanes, await of(2))]);
    expect(await run([file])).to.include({ code: 0 });

    const api = await startService({}, { dataDir });
    try {
      for (const phone of [weak, lanes]) {
        expect((await verify(api, phone, WRONG_PIN)).body).to.include({ valid: false });
        for (let time = 0; time < 2; time++) {
          const { body } = await verify(api, phone, GOOD_PIN);
          expect(body.valid).to.equal(true);
          expect(body.compliance.verificationMethod).to.equal("argon2_fra_compliant");
        }
      }
      expect(query("select count(*) as count from credentials where pepper_id = 'dev1'")).to.include({
        count: 2,
      });
    } finally {
      await api.close();
    }
  });

  it("runs beside the service, which knows the customers at once and anchors their events", async () => {
    const phones = Array.from({ length: 250 }, newPhone);
    write(phones.map((phone) => row(phone)));
    const api = await startService({}, { dataDir });
    try {
      expect(await run([file])).to.include({ code: 0 });
      expect((await verify(api, phones[249]!, GOOD_PIN)).body).to.include({ valid: true });

      const { id } = query<{ id: string }>("select id from events where type = 'credential_import' limit 1");
      const url = `/api/ledger/events/${id}`;
      await eventually(async () => (await api.get(url)).body.anchor.status === "final", "it is anchored");
      const audit = auditor(api.rpcUrl, api.contract);
      const verdict = await audit.verify((await api.get(`${url}/receipt`)).body);
      audit.close();
      expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
    } finally {
      await api.close();
    }
  });

  it("goes on after it was killed, and then every row is in once", async () => {
    write(Array.from({ length: 3_000 }, () => row(newPhone())));
    const { child, ended } = start([file]);
    await eventually(async () => {
      try {
        return query<{ size: number }>("select size from ledger").size > 0;
      } catch {
        return false; // not created yet
      }
    }, "the first rows are in");
    child.kill("SIGKILL");
    expect(await ended).to.include({ code: "SIGKILL" });
    const { size } = query<{ size: number }>("select size from ledger");
    expect(size).to.be.within(1, 2_999);

    const { code, stdout } = await run([file]);
    expect(code).to.equal(0);
    const number = (value: number) => value.toLocaleString("en");
    expect(stdout).to.contain(`${number(3_000 - size)} imported, ${number(size)} already set, 0 rejected`);
    expect(
      query("select count(*) as events, count(distinct subject_id) as subjects from events"),
    ).to.deep.equal({ events: 3_000, subjects: 3_000 });
    expect(query("select count(*) as count from credentials where phc is not null")).to.include({
      count: 3_000,
    });
  });

  describe("says by its exit code how it went:", () => {
    const secret = "+201009876543";
    const digest = pbkdf2.split("$").at(-1)!;
    const broken = () => [row(newPhone()), row(secret, pbkdf2.replace("1000", "10")), row(newPhone()), "x"];

    it("0 when every row is in, the second time too", async () => {
      write([row(newPhone()), row(newPhone())]);
      const first = await run([file]);
      expect(first).to.include({ code: 0, stderr: "" });
      expect(first.stdout).to.match(/^2 imported, 0 already set, 0 rejected; 2 rows, /);
      const second = await run([file]);
      expect(second).to.include({ code: 0, stderr: "" });
      expect(second.stdout).to.match(/^0 imported, 2 already set, 0 rejected; /);
    });

    it("1 when rows were rejected, which it lists by number without their content", async () => {
      write(broken());
      const { code, stdout, stderr } = await run([file]);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^2 imported, 0 already set, 2 rejected; 4 rows, /);
      expect(stderr).to.equal(
        "line 2: verifier: iterations is not within 1000 to 5000000\nline 4: not a JSON object\n",
      );
    });

    it("1 likewise with a report, which names every row that was not imported", async () => {
      const lines = broken();
      write([...lines, lines[0]!]);
      const report = join(dataDir, "rejects.tsv");
      writeFileSync(report, "of an earlier run\n");
      const { code, stdout, stderr } = await run([file, "--rejects", report]);
      expect({ code, stderr }).to.deep.equal({ code: 1, stderr: "" });
      const text = readFileSync(report, "utf8");
      expect(text).to.equal(
        "2\trejected\tverifier: iterations is not within 1000 to 5000000\n" +
          "4\trejected\tnot a JSON object\n5\talready set\t\n",
      );
      for (const canary of [secret, digest]) expect(stdout + text).not.to.contain(canary);
    });

    it("the same in a dry run, which imports nothing", async () => {
      write(broken());
      const { code, stdout } = await run([file, "--dry-run"]);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^2 would be imported, 0 already set, 2 rejected/);
      expect(query("select count(*) as count from subjects")).to.include({ count: 0 });
    });

    it("0 for its usage", async () => {
      const { code, stdout } = await run(["--help"]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^Usage: npm run import-legacy -- FILE/);
    });

    it("2 when it cannot run, and then it has touched nothing", async () => {
      write([row(newPhone())]);
      const before = readFileSync(file, "utf8");
      const cases: [RegExp, string[], Record<string, string>?][] = [
        [/exactly one FILE/, []],
        [/exactly one FILE/, [file, file]],
        [/--force/, [file, "--force"]],
        [/ENOENT/, [join(dataDir, "nowhere.ndjson")]],
        [/is a directory/, [dataDir]],
        [/REPORT and FILE are the same file/, [file, "--rejects", file]],
        [/ENOENT/, [file, "--rejects", join(dataDir, "nowhere", "rejects.tsv")]],
        [/DATABASE_URL: expected/, [file], { DATABASE_URL: "mysql://" }],
        [/ECONNREFUSED/, [file], { DATABASE_URL: "postgres://127.0.0.1:1/none" }],
      ];
      const ended = await Promise.all(cases.map(([, args, variables]) => run(args, variables)));
      for (const [i, { code, stdout, stderr }] of ended.entries()) {
        const what = `${cases[i]![1].join(" ")}: ${stderr}`;
        expect({ code, stdout }, what).to.deep.equal({ code: 2, stdout: "" });
        expect(stderr, what).to.match(cases[i]![0]);
      }
      expect(readFileSync(file, "utf8")).to.equal(before);
      // Nine processes at once, on whatever else the machine does.
    }).timeout(60_000);
  });
});
