import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { eventOf, newAccount, signIn, signInAdmin } from "../helpers/account.ts";
import type { SignedIn } from "../helpers/account.ts";
import { newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

describe("A person known by phone and by account", () => {
  let api: TestService;
  let admin: SignedIn;
  before(async () => {
    api = await startService();
    admin = await signInAdmin(api);
  });
  after(() => api.close());

  const database = <T>(read: (database: Database.Database) => T): T => {
    const opened = new Database(join(api.dataDir, "ledger.db"));
    try {
      return read(opened);
    } finally {
      opened.close();
    }
  };

  /** All events of the subject, in the ledger's order. */
  function eventsOf(
    identityHash: string,
  ): { type: string; subjectSeq: number; outcome: { alias?: string } }[] {
    return database((db) =>
      db
        .prepare(
          "select payload from events where payload is not null and subject_id = (select id from subjects where identity_hash = ?) order by leaf_index",
        )
        .all(identityHash)
        .map((row) => JSON.parse((row as { payload: Buffer }).payload.toString("utf8"))),
    );
  }
  const identityOf = async (answer: Answer): Promise<string> => (await eventOf(api, answer)).identityHash;
  const setPin = (as: SignedIn) => as.post("/api/v1/pin", { pin: "4711" });

  it("first by phone, is one subject with one identity, and its events are numbered without a gap", async () => {
    const phoneNumber = newPhone();
    const onboarded = await onboard(api, phoneNumber);
    const me = await signIn(api, { sub: newAccount(), phoneNumber });
    expect((await me.get("/api/session")).body.next, "reading links nothing").to.equal("create_pin");
    const set = await setPin(me);
    await me.post("/api/session/pin", { pin: "0012", confirmation: "0012" });
    await verify(api, phoneNumber, "839271");
    const search = await admin.post("/api/admin/subjects/search", { phoneNumber });
    await admin.post(`/api/admin/subjects/${search.body.subjectId as string}/unlock`);

    const identity = await identityOf(onboarded);
    expect(await identityOf(set)).to.equal(identity);
    expect(search.body.subjectId).to.equal(identity);
    expect(search.body.pins.map(({ policy }: { policy: string }) => policy)).to.deep.equal([
      "fra",
      "standard",
      "session",
    ]);
    const events = eventsOf(identity);
    expect(events.map(({ subjectSeq }) => subjectSeq)).to.deep.equal(events.map((_, i) => i));
    expect(events.map(({ type }) => type)).to.deep.equal([
      "otp_request",
      "consent_grant",
      "pin_set",
      "account_linked",
      "pin_set",
      "pin_set",
      "pin_verify",
      "admin_search",
      "admin_unlock",
    ]);
  });

  it("first by account, is one subject too, whenever the issuer verifies the number", async () => {
    const [sub, phoneNumber] = [newAccount(), newPhone()];
    const first = await setPin(await signIn(api, { sub }));
    const linked = await setPin(await signIn(api, { sub, phoneNumber }));
    const onboarded = await onboard(api, phoneNumber);
    const identity = await identityOf(first);
    expect(await identityOf(linked)).to.equal(identity);
    expect(await identityOf(onboarded)).to.equal(identity);
    const links = eventsOf(identity).filter(({ type }) => type === "account_linked");
    expect(links.map(({ outcome }) => outcome.alias)).to.deep.equal(["phone"]);
  });

  it("from the start by both, needs no event to say so", async () => {
    const phoneNumber = newPhone();
    const set = await setPin(await signIn(api, { sub: newAccount(), phoneNumber }));
    const onboarded = await onboard(api, phoneNumber);
    const identity = await identityOf(set);
    expect(await identityOf(onboarded)).to.equal(identity);
    expect(eventsOf(identity).map(({ type }) => type)).not.to.include("account_linked");
  });

  it("as two subjects already, stays two: histories are not merged", async () => {
    const [sub, phoneNumber] = [newAccount(), newPhone()];
    const byAccount = await setPin(await signIn(api, { sub }));
    const byPhone = await onboard(api, phoneNumber);
    const later = await setPin(await signIn(api, { sub, phoneNumber }));
    expect(await identityOf(byAccount)).not.to.equal(await identityOf(byPhone));
    expect(await identityOf(later), "the account comes first").to.equal(await identityOf(byAccount));
  });

  it("whose number went to another account, is not that account's holder: neither PIN nor history is theirs", async () => {
    const phoneNumber = newPhone();
    const former = await signIn(api, { sub: newAccount(), phoneNumber });
    const theirs = await setPin(former);
    const holder = await signIn(api, { sub: newAccount(), phoneNumber });
    expect((await holder.get("/api/v1/pin")).body.has_pin).to.equal(false);
    const own = await setPin(holder);
    expect(await identityOf(own)).not.to.equal(await identityOf(theirs));
    await holder.delete("/api/v1/pin");
    expect((await former.get("/api/v1/pin")).body.has_pin).to.equal(true);
  });

  it("is one subject, however many sessions begin at once", async () => {
    const [sub, phoneNumber] = [newAccount(), newPhone()];
    await onboard(api, phoneNumber);
    const sessions = await Promise.all(Array.from({ length: 8 }, () => signIn(api, { sub, phoneNumber })));
    const answers = await Promise.all(sessions.map((as) => as.delete("/api/session")));
    const identities = new Set(await Promise.all(answers.map(identityOf)));
    expect(identities).to.have.property("size", 1);
    const events = eventsOf([...identities][0]!);
    expect(events.filter(({ type }) => type === "account_linked")).to.have.length(1);
    expect(events.map(({ subjectSeq }) => subjectSeq)).to.deep.equal(events.map((_, i) => i));
  });

  it("is forgotten whole: credentials, sessions, client parameters, aliases; and is a stranger afterwards", async () => {
    for (const by of ["phoneNumber", "subjectId"] as const) {
      const [sub, phoneNumber] = [newAccount(), newPhone()];
      const me = await signIn(api, { sub, ...(by === "phoneNumber" ? { phoneNumber } : {}) });
      const salt = "c29tZXNhbHR5c2FsdA";
      const hash = `$argon2id$v=19$m=64,t=1,p=1$${salt}$${"A".repeat(43)}`;
      await me.post("/api/v1/pin", { pin_hash: hash, pin_length: 4 });
      await me.post("/api/session/pin", { pin: "0012", confirmation: "0012" });
      const search = await admin.post("/api/admin/subjects/search", { account: sub });
      const id = search.body.subjectId as string;
      await admin.post(`/api/admin/subjects/${id}/temporary-pin`);
      const erased = await api.post(
        "/api/subjects/erase",
        by === "subjectId" ? { subjectId: id } : { phoneNumber },
      );
      expect(erased.status).to.equal(200);

      const left = database((db) =>
        ["aliases", "credentials", "pin_sessions"].map(
          (table) =>
            db
              .prepare(
                `select count(*) as n from ${table} where subject_id = (select id from subjects where identity_hash = ?)`,
              )
              .get(id) as { n: number },
        ),
      );
      expect(left.map(({ n }) => n)).to.deep.equal([0, 0, 0]);
      expect((await me.get("/api/session")).body.next).to.equal("create_pin");
      expect((await me.get("/api/v1/pin")).body).to.include({ has_pin: false, pin_hash: null });
      expect((await admin.post(`/api/admin/subjects/${id}/unlock`)).status).to.equal(404);
      expect(await identityOf(await setPin(me))).not.to.equal(id);
    }
  });
});
