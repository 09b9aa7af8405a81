import { expect } from "chai";
import pg from "pg";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { createReplay } from "../../server/audit/replay/index.ts";
import type { AuditTrust } from "../../server/audit/trust.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { SourceUnavailable } from "../../server/ports/audit.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { createDatabase } from "../helpers/postgres.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";
import { traffic } from "../helpers/traffic.ts";

describe("A ledger in PostgreSQL, audited where it lies", function () {
  this.timeout(60_000);
  let api: TestService;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  let trust: AuditTrust;

  before(async () => {
    database = await createDatabase();
    api = await startService({ DATABASE_URL: database.url });
    await traffic(api);
    const ledgerKey = ((await api.get("/api/ledger/key")).body as string).trim();
    trust = { chainId: DEV_CHAIN_ID, contract: api.contract, ledgerKey };
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client?.end();
    await api?.close();
    await database?.drop();
  });

  const audit = (url = database.url) =>
    auditLedger(databaseSource(url), rpcAuditChain(api.rpcUrl), trust, { replay: () => createReplay() });

  it("holds, with every policy replayed", async () => {
    const report = await audit();
    expect(report.findings).to.deep.equal([]);
    expect(report).to.include({ verified: true, pending: 0 });
    expect(report.size).to.be.greaterThan(10);
    expect(report.erased).to.be.greaterThan(0);
    expect(report.replay?.notReplayed).to.deep.equal({});
  });

  it("no longer does once somebody was at it, and the first event that is wrong is named", async () => {
    const { size } = await audit();
    const last = size - 1;
    const byte = (column: string) =>
      `update events set ${column} = set_byte(${column}, 9, get_byte(${column}, 9) # 1) where leaf_index = $1`;
    const cases: readonly (readonly [statement: string, code: string])[] = [
      [byte("payload"), "digest_mismatch"],
      [byte("salt"), "digest_mismatch"],
      [byte("digest"), "digest_mismatch"],
      ["update events set salt = null where leaf_index = $1", "erasure_partial"],
      ["update events set timestamp = timestamp + 1 where leaf_index = $1", "column_mismatch"],
      ["update ledger set last_timestamp = last_timestamp - 1 - 0 * $1", "head_mismatch"],
      ["update events set payload = null, salt = null where leaf_index = $1", "erasure_unexplained"],
      ["delete from events where leaf_index = $1", "event_missing"],
    ];
    await client.query("create table kept_events as select * from events");
    await client.query("create table kept_ledger as select * from ledger");
    for (const [statement, code] of cases) {
      await client.query(statement, [last]);
      const [finding] = (await audit()).findings;
      expect(finding, statement).to.include({ code, index: last });
      await client.query("delete from events where leaf_index = $1", [last]);
      await client.query("insert into events select * from kept_events where leaf_index = $1", [last]);
      await client.query("update ledger set last_timestamp = (select last_timestamp from kept_ledger)");
    }
    expect((await audit()).findings).to.deep.equal([]);
  });

  it("is not condemned when the server ends the auditor's connection", async () => {
    const chain = rpcAuditChain(api.rpcUrl);
    const interrupted: typeof chain = {
      ...chain,
      async *logs(...range) {
        await client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
        );
        yield* chain.logs(...range);
      },
    };
    const error: unknown = await auditLedger(databaseSource(database.url), interrupted, trust).catch(
      (cause: unknown) => cause,
    );
    expect(error).to.be.instanceOf(SourceUnavailable);
  });

  it("is not condemned when the server cannot be reached, and its password is not told", async () => {
    const url = database.url.replace("postgres@", "postgres:of-nobody@").replace(/:\d+\//, ":1/");
    const error: unknown = await audit(url).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(SourceUnavailable);
    expect(String(error)).not.to.include("of-nobody");
  });
});
