import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import {
  HOUR,
  MINUTE,
  eventOf,
  newAccount,
  signIn,
  signInAdmin,
  stale,
  testClock,
} from "../helpers/account.ts";
import type { SignedIn, TestClock } from "../helpers/account.ts";
import { newPhone } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const SENTENCE = "Your PIN was reset by support. Please create a new PIN.";

/** The acceptance scenarios and edge cases of seed 004, each by its name. */
describe("Seed 004,", () => {
  let api: TestService;
  let clock: TestClock;
  let admin: SignedIn;
  before(async () => {
    clock = testClock();
    api = await startService({}, { clock });
    admin = await signInAdmin(api);
  });
  after(() => api.close());
  // An admin's token ends like any other.
  beforeEach(async () => {
    admin = await signInAdmin(api);
  });

  const session = (sub: string, claims: Record<string, unknown> = {}) => signIn(api, { sub, ...claims });
  const next = async (as: SignedIn): Promise<string> => (await as.get("/api/session")).body.next;
  const create = (as: SignedIn, pin: string, confirmation = pin) =>
    as.post("/api/session/pin", { pin, confirmation });
  const verify = (as: SignedIn, pin: string) => as.post("/api/session/pin/verify", { pin });
  const change = (as: SignedIn, newPin: string, currentPin?: string) =>
    as.post("/api/session/pin/change", {
      newPin,
      confirmation: newPin,
      ...(currentPin === undefined ? {} : { currentPin }),
    });
  const reset = (as: SignedIn, pin: string) => as.post("/api/session/pin/reset", { pin, confirmation: pin });

  /** An account with that PIN, and a session of it that has yet to prove itself. */
  async function returning(pin = "4711"): Promise<{ sub: string; me: SignedIn }> {
    const sub = newAccount();
    const created = await create(await session(sub), pin);
    if (created.status !== 200) throw new Error(JSON.stringify(created.body));
    return { sub, me: await session(sub) };
  }

  async function subjectOf(sub: string): Promise<string> {
    const { status, body } = await admin.post("/api/admin/subjects/search", { account: sub });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.subjectId as string;
  }
  const act = async (sub: string, action: string, body?: unknown): Promise<Answer> =>
    admin.post(`/api/admin/subjects/${await subjectOf(sub)}/${action}`, body);

  async function lockOut(as: SignedIn): Promise<Answer> {
    let last!: Answer;
    for (let i = 0; i < 5; i++) last = await verify(as, "0000");
    return last;
  }

  describe("User Story 1, First-Time PIN Setup", () => {
    it("1: after the initial registration the user is prompted to create a 4-digit PIN", async () => {
      const me = await session(newAccount());
      const { status, body } = await me.get("/api/session");
      expect(status).to.equal(200);
      expect(body).to.deep.equal({
        next: "create_pin",
        message: "Please create a 4-digit PIN.",
        reason: null,
        lockedUntil: null,
        retryAfterSeconds: null,
      });
    });

    it("2: a 4-digit PIN and a matching confirmation: the PIN is saved securely", async () => {
      const me = await session(newAccount());
      const created = await create(me, "4711");
      expect(created.status).to.equal(200);
      expect(created.body).to.include({ next: "none" });
      expect(created.body.txHash).to.match(/^0x[0-9a-f]{64}$/);
      expect(created.body.blockNumber).to.be.a("number");
      expect(await next(me)).to.equal("none");
      const event = await eventOf(api, created);
      expect(event).to.nested.include({
        type: "pin_set",
        policy: "session",
        "factors.knowledge": "verified",
        "outcome.authorisedBy": "none_needed",
        "outcome.verifiedSession": true,
      });
      expect(JSON.stringify(event)).not.to.contain("4711").and.not.to.contain("argon2");
    });

    it("3: a confirmation that does not match: an error, and both must be entered again", async () => {
      const me = await session(newAccount());
      const answer = await create(me, "4711", "4712");
      expect(answer.body).to.include({
        status: 400,
        code: "VALIDATION_ERROR",
        reason: "confirmation_mismatch",
        detail: "The two PINs are not the same. Nothing was saved; please enter both again.",
      });
      expect(await next(me)).to.equal("create_pin");
    });
  });

  describe("User Story 2, Existing User PIN Setup on Login", () => {
    it("1: an existing user without a PIN is sent to PIN creation on login", async () => {
      const sub = newAccount();
      // Known to us by another PIN, and so an existing user.
      await (await session(sub)).post("/api/v1/pin", { pin: "123987" });
      expect(await next(await session(sub))).to.equal("create_pin");
    });

    it("2: having created a matching PIN the user goes on to the application", async () => {
      const me = await session(newAccount());
      expect((await create(me, "4711")).body).to.include({ next: "none" });
    });

    it("3: nothing else leads on until a PIN is set", async () => {
      const me = await session(newAccount());
      for (const attempt of [
        await verify(me, "4711"),
        await change(me, "4711"),
        await change(me, "4711", "0815"),
        await reset(me, "4711"),
      ]) {
        expect(attempt.body).to.include({ status: 409, code: "PIN_NOT_SET" });
      }
      expect((await me.delete("/api/session")).body.next).to.equal("create_pin");
      expect(await next(me)).to.equal("create_pin");
    });
  });

  describe("User Story 3, PIN Verification on Session Start", () => {
    it("1: a user with a PIN is asked for it after login", async () => {
      const { me } = await returning();
      expect((await me.get("/api/session")).body).to.include({
        next: "enter_pin",
        message: "Please enter your 4-digit PIN.",
      });
    });

    it("2: the correct PIN grants access", async () => {
      const { me } = await returning();
      const answer = await verify(me, "4711");
      expect(answer.body).to.include({ valid: true, next: "none" });
      expect(answer.body.txHash).to.match(/^0x/);
      expect(await next(me)).to.equal("none");
    });

    it("3: an incorrect PIN brings an error message, and the user can retry", async () => {
      const { me } = await returning();
      const wrong = await verify(me, "4712");
      expect(wrong.status).to.equal(200);
      expect(wrong.body).to.include({
        valid: false,
        next: "enter_pin",
        attemptsRemaining: 4,
        message: "This PIN is not right. 4 attempts left.",
      });
      expect(await next(me)).to.equal("enter_pin");
      expect((await verify(me, "4711")).body.valid).to.equal(true);
    });
  });

  describe("User Story 4, PIN Lockout Protection", () => {
    it("1: after 5 failed attempts the account is locked for 15 minutes", async () => {
      const { me } = await returning();
      const fifth = await lockOut(me);
      expect(fifth.body).to.include({ valid: false, attemptsRemaining: 0, next: "locked" });
      expect(Date.parse(fifth.body.lockedUntil as string)).to.equal(clock.now() + 15 * MINUTE);
      expect(await eventOf(api, fifth)).to.nested.include({
        "outcome.result": "invalid",
        "outcome.attempt": 5,
        "outcome.failures": 5,
        "outcome.lockedUntil": fifth.body.lockedUntil,
        "outcome.verifiedSession": false,
      });
    });

    it("2: while locked, a message tells of the lockout and the remaining time", async () => {
      const { me } = await returning();
      await lockOut(me);
      clock.pass(5 * MINUTE);
      const status = await me.get("/api/session");
      expect(status.body).to.include({
        next: "locked",
        reason: "too_many_wrong_pins",
        message: "Too many wrong PINs. Try again in 10 minutes.",
        retryAfterSeconds: 600,
      });
      const tried = await verify(me, "4711");
      expect(tried.body).to.include({
        status: 423,
        code: "PIN_LOCKED",
        detail: "Too many wrong PINs. Try again in 10 minutes.",
        lockedUntil: status.body.lockedUntil,
      });
      expect(tried.headers.get("retry-after")).to.equal("600");
      expect(tried.body.txHash, "an event, too").to.match(/^0x/);
    });

    it("3: when the lockout has expired the PIN can be entered again", async () => {
      const { me } = await returning();
      await lockOut(me);
      clock.pass(15 * MINUTE - 1);
      expect((await verify(me, "4711")).status).to.equal(423);
      clock.pass(1);
      expect(await next(me)).to.equal("enter_pin");
      expect((await verify(me, "4711")).body.valid).to.equal(true);
    });
  });

  describe("User Story 5, Admin PIN Management", () => {
    it("1: Reset PIN clears the PIN, and the user must create a new one on next login", async () => {
      const { sub, me } = await returning();
      await verify(me, "4711");
      const answer = await act(sub, "reset");
      expect(answer.status).to.equal(200);
      expect(answer.body.txHash).to.match(/^0x/);
      expect(answer.body.pins).to.deep.include({
        policy: "session",
        hasPin: false,
        temporary: false,
        temporaryExpiresAt: null,
        failures: 0,
        attemptsRemaining: 0,
        lockedUntil: null,
        retryAfterSeconds: null,
        disabled: false,
      });
      expect(await next(me), "also in a session that was proven").to.equal("create_pin");
      expect(await next(await session(sub))).to.equal("create_pin");
      expect((await create(me, "4711")).body.next).to.equal("none");
    });

    it("2: Unlock Account clears the lockout, and the user can try at once; the failures stay counted", async () => {
      const { sub, me } = await returning();
      await lockOut(me);
      const answer = await act(sub, "unlock");
      expect(answer.status).to.equal(200);
      expect(answer.body.pins[0]).to.include({ policy: "session", failures: 5, lockedUntil: null });
      expect(await eventOf(api, answer)).to.nested.include({
        type: "admin_unlock",
        "outcome.wasLocked": true,
        "outcome.failures": 5,
      });
      expect(await next(me)).to.equal("enter_pin");
      await lockOut(me);
      expect(await next(me), "after ten").to.equal("locked");
      await act(sub, "unlock");
      expect((await verify(me, "4711")).body.valid).to.equal(true);
    });

    it("3: with a temporary PIN the user can log in, and is prompted to change it at once", async () => {
      const { sub, me } = await returning();
      const answer = await act(sub, "temporary-pin");
      const pin = answer.body.temporaryPin as string;
      expect(pin).to.match(/^[0-9]{4}$/);
      expect(answer.body).to.include({ temporaryPinWithheld: false, triesAllowed: 3 });
      expect(Date.parse(answer.body.expiresAt as string)).to.equal(clock.now() + 24 * HOUR);
      expect((await verify(me, "4711")).body.valid, "the old PIN is gone").to.equal(pin === "4711");
      expect((await verify(me, pin)).body).to.include({ valid: true, next: "change_temporary_pin" });
      expect(await next(me)).to.equal("change_temporary_pin");
    });

    it("3b: a temporary PIN of the administrator's choice works alike, and is not repeated", async () => {
      const { sub, me } = await returning();
      const answer = await act(sub, "temporary-pin", { pin: "0012" });
      expect(answer.body).to.include({ temporaryPin: null, temporaryPinWithheld: false });
      expect((await verify(me, "0012")).body).to.include({ valid: true, next: "change_temporary_pin" });
    });
  });

  describe("User Story 6, Temporary PIN Change Flow", () => {
    async function withTemporary(): Promise<{ sub: string; me: SignedIn; pin: string }> {
      const { sub, me } = await returning();
      const { body } = await act(sub, "temporary-pin");
      return { sub, me, pin: body.temporaryPin as string };
    }
    const other = (pin: string) => (pin === "2580" ? "2581" : "2580");

    it("1: having entered a temporary PIN the user sees the seed's message", async () => {
      const { me, pin } = await withTemporary();
      expect((await verify(me, pin)).body.message).to.equal(SENTENCE);
      expect((await me.get("/api/session")).body.message).to.equal(SENTENCE);
    });

    it("2: the change cannot be dismissed or skipped", async () => {
      const { sub, me, pin } = await withTemporary();
      await verify(me, pin);
      await verify(me, pin);
      expect((await create(me, "1357")).body.code).to.equal("PIN_ALREADY_SET");
      expect(await next(me)).to.equal("change_temporary_pin");
      await me.delete("/api/session");
      expect(await next(me)).to.equal("enter_pin");
      const elsewhere = await session(sub);
      expect((await change(elsewhere, "1357")).body, "not in a session that did not show it").to.include({
        status: 403,
        code: "REAUTHENTICATION_REQUIRED",
        reason: "current_pin_required",
      });
    });

    it("3: a new PIN, entered twice, clears the flag, and the user goes on to the application", async () => {
      const { sub, me, pin } = await withTemporary();
      await verify(me, pin);
      const mine = other(pin);
      const mismatch = await me.post("/api/session/pin/change", { newPin: mine, confirmation: "9999" });
      expect(mismatch.body.reason).to.equal("confirmation_mismatch");
      const changed = await change(me, mine);
      expect(changed.status).to.equal(200);
      expect(changed.body.next).to.equal("none");
      expect(await eventOf(api, changed)).to.nested.include({
        type: "pin_change",
        "outcome.authorisedBy": "temporary_pin",
      });
      const again = await session(sub);
      expect((await verify(again, pin)).body.valid, "the temporary PIN is over").to.equal(false);
      expect((await verify(again, mine)).body).to.include({ valid: true, next: "none" });
    });

    it("a temporary PIN cannot become the user's own, by change or by reset, expired or not", async () => {
      const { sub, me, pin } = await withTemporary();
      await verify(me, pin);
      const reused = { status: 400, code: "PIN_UNCHANGED" };
      expect((await change(me, pin)).body).to.include({ ...reused, reason: "temporary_pin_reused" });
      expect((await change(me, pin, pin)).body).to.include({ ...reused, reason: "same_pin" });
      expect((await reset(me, pin)).body).to.include({ ...reused, reason: "temporary_pin_reused" });
      clock.pass(24 * HOUR);
      const later = await session(sub);
      expect((await reset(later, pin)).body).to.include({ ...reused, reason: "temporary_pin_reused" });
      expect((await reset(later, other(pin))).body.next).to.equal("none");
    });

    it("a temporary PIN expires, whether it was shown or not, and only a reset leads on", async () => {
      const { sub, pin } = await withTemporary();
      clock.pass(24 * HOUR - 1);
      const shown = await session(sub);
      expect((await verify(shown, pin)).body.valid).to.equal(true);
      clock.pass(1);
      for (const as of [shown, await session(sub)]) {
        expect((await as.get("/api/session")).body).to.include({
          next: "locked",
          reason: "temporary_pin_expired",
          lockedUntil: null,
          retryAfterSeconds: null,
        });
        const tried = await verify(as, pin);
        expect(tried.body).to.include({ status: 423, code: "PIN_DISABLED", reason: "temporary_expired" });
        expect(await eventOf(api, tried)).to.nested.include({
          "outcome.result": "disabled",
          "outcome.disabledBecause": "temporary_expired",
        });
        expect((await change(as, "1357")).status).to.equal(403);
        expect((await create(as, "1357")).status).to.equal(409);
      }
      expect((await reset(await session(sub, { authTime: stale(clock) }), "1357")).status).to.equal(403);
      expect((await reset(await session(sub), other(pin))).body.next).to.equal("none");
    });

    it("a temporary PIN survives two wrong guesses, and is void with the third, right ones in between or not", async () => {
      const { sub, me, pin } = await withTemporary();
      const wrong = other(pin);
      expect((await verify(me, wrong)).body).to.include({ valid: false, attemptsRemaining: 2 });
      expect((await verify(me, wrong)).body).to.include({ attemptsRemaining: 1 });
      const guesser = await session(sub);
      expect((await verify(guesser, pin)).body).to.include({ valid: true });
      expect((await verify(me, wrong)).body).to.include({ attemptsRemaining: 0, next: "locked" });
      expect((await verify(me, pin)).body).to.include({ code: "PIN_DISABLED", reason: "temporary_spent" });
      expect((await me.get("/api/session")).body.reason).to.equal("temporary_pin_spent");
      clock.pass(HOUR);
      expect((await verify(me, pin)).status, "waiting does not help").to.equal(423);
      expect((await act(sub, "temporary-pin", { pin: "0404" })).status).to.equal(200);
      expect((await verify(me, "0404")).body.valid).to.equal(true);
    });

    it("twenty guesses at once at a temporary PIN are three guesses", async () => {
      const { sub } = await withTemporary();
      await act(sub, "temporary-pin", { pin: "0012" });
      const sessions = await Promise.all(Array.from({ length: 20 }, () => session(sub)));
      const answers = await Promise.all(sessions.map((as) => verify(as, "0013")));
      expect(answers.filter(({ body }) => body.valid === false)).to.have.length(3);
      expect(answers.filter(({ status }) => status === 423)).to.have.length(17);
    });
  });

  describe("Edge Cases", () => {
    it("non-numeric characters: only 0-9 are accepted", async () => {
      const me = await session(newAccount());
      for (const pin of ["12a4", " 1234", "١٢٣٤", "+123", "1.34", "12 4", ""]) {
        expect((await create(me, pin)).body, pin).to.include({
          code: "PIN_FORMAT_ERROR",
          reason: "not_digits",
        });
      }
      for (const pin of ["123", "12345", "123456"]) {
        expect((await create(me, pin)).body).to.include({ code: "PIN_FORMAT_ERROR", reason: "wrong_length" });
      }
      expect((await me.post("/api/session/pin", { pin: 1234, confirmation: 1234 })).body.reason).to.equal(
        "wrong_type",
      );
      expect(await next(me)).to.equal("create_pin");
    });

    it("network interruptions during PIN creation: nothing is saved before it is complete, nor twice after", async () => {
      const me = await session(newAccount());
      expect((await me.post("/api/session/pin", { pin: "4711" })).body.reason).to.equal("missing_field");
      expect(await next(me)).to.equal("create_pin");
      const key = { "idempotency-key": "creation" };
      const body = { pin: "4711", confirmation: "4711" };
      const first = await me.post("/api/session/pin", body, key);
      const repeated = await me.post("/api/session/pin", body, key);
      expect(repeated.status).to.equal(200);
      expect(repeated.body.eventId).to.equal(first.body.eventId);
      expect((await create(me, "4711")).body).to.include({ status: 409, code: "PIN_ALREADY_SET" });
    });

    it("a forgotten PIN: the user resets it after primary authentication, which also ends a lockout", async () => {
      const { sub, me } = await returning();
      await lockOut(me);
      const notRecent = await reset(await session(sub, { authTime: stale(clock) }), "0815");
      expect(notRecent.body).to.include({
        status: 403,
        code: "REAUTHENTICATION_REQUIRED",
        reason: "recent_authentication_required",
      });
      const fresh = await session(sub);
      const done = await reset(fresh, "0815");
      expect(done.body.next).to.equal("none");
      expect(await eventOf(api, done)).to.nested.include({
        type: "pin_reset",
        "outcome.authorisedBy": "recent_authentication",
        "outcome.failures": 0,
      });
      expect(await next(me)).to.equal("enter_pin");
      expect((await verify(me, "0815")).body.valid).to.equal(true);
    });

    it("leading zeros: 0012 is a valid 4-digit PIN, and 12 is not it", async () => {
      const { me } = await returning("0012");
      expect((await verify(me, "12")).body.reason).to.equal("wrong_length");
      expect((await verify(me, "0012")).body.valid).to.equal(true);
    });

    it("concurrent login attempts: each session requires independent PIN verification", async () => {
      const { sub, me: laptop } = await returning();
      const phone = await session(sub);
      const [a, b] = await Promise.all([verify(laptop, "4711"), verify(phone, "0000")]);
      expect([a.body.valid, b.body.valid]).to.deep.equal([true, false]);
      expect([await next(laptop), await next(phone)]).to.deep.equal(["none", "enter_pin"]);
      await verify(phone, "4711");
      await laptop.delete("/api/session");
      expect([await next(laptop), await next(phone)]).to.deep.equal(["enter_pin", "none"]);
      await verify(laptop, "4711");
      await lockOut(await session(sub));
      expect(await next(laptop), "a lockout elsewhere does not throw out who has proven it").to.equal("none");
      expect(await next(await session(sub))).to.equal("locked");
    });
  });

  describe("beyond its scenarios,", () => {
    it("a change takes the current PIN, and makes every other session prove itself anew", async () => {
      const { sub, me } = await returning();
      const other = await session(sub);
      await verify(other, "4711");
      expect((await change(me, "0815")).body.reason).to.equal("current_pin_required");
      expect((await change(me, "0815", "4712")).body).to.include({ status: 403, code: "PIN_INCORRECT" });
      expect((await change(me, "4711", "4711")).body.reason).to.equal("same_pin");
      expect((await change(me, "0815", "4711")).body.next).to.equal("none");
      expect([await next(me), await next(other)]).to.deep.equal(["none", "enter_pin"]);
      expect((await verify(other, "4711")).body.valid).to.equal(false);
    });

    it("a session has proven its PIN for twelve hours at most, and its token's name is all that carries it", async () => {
      const { sub } = await returning();
      const sid = "the-session";
      const me = await session(sub, { sid });
      await verify(me, "4711");
      expect(await next(await session(sub, { sid })), "a fresh token of the session").to.equal("none");
      const stranger = await session(newAccount(), { sid });
      expect(await next(stranger), "another account's session of that name").to.equal("create_pin");
      clock.pass(12 * HOUR - 1);
      expect(await next(me)).to.equal("none");
      clock.pass(1);
      expect(await next(me)).to.equal("enter_pin");
    });

    it("FR-010: API calls need no PIN, proven or locked", async () => {
      const { me } = await returning();
      await lockOut(me);
      for (const path of ["/api/session", "/api/v1/pin"]) expect((await me.get(path)).status).to.equal(200);
      expect((await me.post("/api/v1/pin", { pin: "123987" })).status).to.equal(200);
    });

    it("FR-017: the list of actions shows what and when; the ledger holds who and whom, by pseudonyms", async () => {
      const { sub } = await returning();
      const answers = [
        await act(sub, "temporary-pin"),
        await act(sub, "unlock", { policy: "standard" }),
        await act(sub, "reset"),
      ];
      const { body } = await admin.get("/api/admin/actions?limit=3");
      expect(body.actions.map((one: { action: string }) => one.action)).to.deep.equal([
        "reset_pin",
        "unlock",
        "set_temporary_pin",
      ]);
      for (const one of body.actions) expect(one).to.have.all.keys("action", "timestamp");
      const following = await admin.get(`/api/admin/actions?limit=100&cursor=${body.next as string}`);
      expect(following.body.actions.length).to.be.above(3);
      expect(following.body.next).to.equal(null);

      const events = await Promise.all(answers.map((answer) => eventOf(api, answer)));
      const identityHash = await subjectOf(sub);
      const administrators = new Set(events.map(({ outcome }) => outcome.administrator));
      expect(administrators).to.have.property("size", 1);
      expect([...administrators][0]).to.match(/^[0-9a-f]{64}$/);
      for (const event of events) {
        expect(event).to.include({ identityHash });
        expect(JSON.stringify(event)).not.to.contain('support"').and.not.to.contain(sub);
      }
      const another = await signInAdmin(api, "another-admin");
      const theirs = await another.post(`/api/admin/subjects/${identityHash}/unlock`);
      expect((await eventOf(api, theirs)).outcome.administrator).not.to.equal([...administrators][0]);
    });

    it("a generated PIN is shown once: repeating the request tells the outcome and withholds it", async () => {
      const { sub, me } = await returning();
      const id = await subjectOf(sub);
      const key = { "idempotency-key": "temporary" };
      const first = await admin.post(`/api/admin/subjects/${id}/temporary-pin`, {}, key);
      const again = await admin.post(`/api/admin/subjects/${id}/temporary-pin`, {}, key);
      expect(again.headers.get("idempotency-replayed")).to.equal("true");
      expect(again.body).to.deep.equal({
        ...first.body,
        temporaryPin: null,
        temporaryPinWithheld: true,
        anchor: again.body.anchor,
      });
      expect((await verify(me, first.body.temporaryPin)).body.valid, "the first is the one").to.equal(true);
      const { sub: other } = await returning();
      const conflict = await admin.post(
        `/api/admin/subjects/${await subjectOf(other)}/temporary-pin`,
        {},
        key,
      );
      expect(conflict.status, "the same key about somebody else").to.equal(422);
    });

    it("support finds by phone or account, sees how every PIN stands and never one, and finds nobody unknown", async () => {
      const [sub, phoneNumber] = [newAccount(), newPhone()];
      const me = await session(sub, { phoneNumber });
      await create(me, "4711");
      await me.post("/api/v1/pin", { pin: "123987" });
      await me.post("/api/v1/pin/verify", { pin: "0000" });
      const byPhone = await admin.post("/api/admin/subjects/search", { phoneNumber });
      const byAccount = await admin.post("/api/admin/subjects/search", { account: sub });
      expect(byPhone.body.subjectId).to.equal(byAccount.body.subjectId);
      expect(
        byPhone.body.pins.map(({ policy, hasPin, failures }: Record<string, unknown>) => [
          policy,
          hasPin,
          failures,
        ]),
      ).to.deep.equal([
        ["standard", true, 1],
        ["session", true, 0],
      ]);
      expect(await eventOf(api, byPhone)).to.include({ type: "admin_search" });
      for (const sought of [
        { phoneNumber: newPhone() },
        { account: "nobody" },
        { account: sub, issuer: "other" },
      ]) {
        expect((await admin.post("/api/admin/subjects/search", sought)).body).to.include({
          status: 404,
          reason: "unknown_subject",
        });
      }
      for (const sought of [{}, { account: sub, phoneNumber }]) {
        expect((await admin.post("/api/admin/subjects/search", sought)).status).to.equal(400);
      }
      const nobody = `0x${"00".repeat(32)}`;
      for (const action of ["reset", "unlock", "temporary-pin"]) {
        expect((await admin.post(`/api/admin/subjects/${nobody}/${action}`)).status).to.equal(404);
      }
    });

    it("support cannot act upon an FRA PIN, nor unlock what is disabled, nor give /api/v1/pin a temporary one", async () => {
      const { sub } = await returning();
      for (const action of ["reset", "unlock", "temporary-pin"]) {
        expect((await act(sub, action, { policy: "fra" })).status).to.equal(400);
      }
      expect((await act(sub, "temporary-pin", { policy: "standard" })).status).to.equal(400);
      const database = new Database(join(api.dataDir, "ledger.db"));
      database.exec(
        "update credentials set disabled_at = 1 where updated_at = (select max(updated_at) from credentials)",
      );
      database.close();
      expect((await act(sub, "unlock")).body).to.include({ status: 423, reason: "unlock_not_possible" });
      expect((await act(sub, "reset")).body.pins[0]).to.include({ disabled: false });
    });

    it("support is told that a void temporary PIN can be replaced, not unlocked", async () => {
      const { sub, me } = await returning();
      await act(sub, "temporary-pin", { pin: "0012" });
      for (let i = 0; i < 3; i++) await verify(me, "0013");
      const listed = await admin.get("/api/admin/actions?limit=1");
      const refused = await act(sub, "unlock");
      expect(refused.body).to.include({ status: 423, code: "PIN_DISABLED", reason: "unlock_not_possible" });
      expect(refused.body.detail).to.contain("temporary PIN");
      expect((await admin.get("/api/admin/actions?limit=1")).body, "nothing was done").to.deep.equal(
        listed.body,
      );
      const found = await admin.post("/api/admin/subjects/search", { account: sub });
      expect(found.body.pins[0]).to.include({ temporary: true, attemptsRemaining: 0, disabled: true });

      expect((await act(sub, "temporary-pin", { pin: "0404" })).body.pins[0]).to.include({ disabled: false });
      clock.pass(24 * HOUR);
      admin = await signInAdmin(api);
      expect((await act(sub, "unlock")).body).to.include({ status: 423, reason: "unlock_not_possible" });
      expect((await act(sub, "reset")).body.pins[0]).to.include({ temporary: false, disabled: false });
    });

    it("a user is no administrator", async () => {
      const { me } = await returning();
      const id = `0x${"00".repeat(32)}`;
      for (const answer of [
        await me.post("/api/admin/subjects/search", { account: "x" }),
        await me.post(`/api/admin/subjects/${id}/reset`),
        await me.post(`/api/admin/subjects/${id}/unlock`),
        await me.post(`/api/admin/subjects/${id}/temporary-pin`),
        await me.get("/api/admin/actions"),
      ]) {
        expect(answer.body).to.include({ status: 403, code: "FORBIDDEN" });
      }
    });
  });
});
