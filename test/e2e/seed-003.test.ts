import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import argon2 from "argon2";
import { expect } from "chai";
import {
  clientHash,
  derive,
  eventOf,
  newAccount,
  signIn,
  stale,
  testClock,
  MINUTE,
  HOUR,
} from "../helpers/account.ts";
import type { SignedIn, TestClock } from "../helpers/account.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const run = promisify(execFile);

/** No answer may hold more of a PHC string than its salt. */
function expectNoDigest(...answers: Answer[]): void {
  for (const { body } of answers) {
    expect(JSON.stringify(body)).not.to.match(/\$argon2id\$v=19\$m=\d[^"$]*\$[^"$]+\$/);
  }
}

describe("Seed 003's examples, as written but for host and token:", () => {
  let api: TestService;
  let folder: string;
  let token: string;
  before(async () => {
    api = await startService({ RATE_LIMIT_USER: "1" });
    token = (await api.signIn({ sub: newAccount() })).authorization.replace("Bearer ", "");
    folder = mkdtempSync(join(tmpdir(), "identity-ledger-bin-"));
    // Stands in for the argon2 command where there is none; what it prints is what the command prints.
    const encoded = await clientHash("1234");
    const hash = Buffer.from(encoded.split("$").at(-1)!, "base64").toString("hex");
    const printed = `Type:\t\tArgon2id\nIterations:\t3\nMemory:\t\t65536 KiB\nParallelism:\t4\nHash:\t\t${hash}\nEncoded:\t${encoded}\n0.123 seconds\nVerification ok\n`;
    writeFileSync(join(folder, "printed"), printed);
    const script = `#!/bin/sh\n[ "$*" = "somesalt -id -t 3 -m 16 -p 4 -l 32" ] && [ "$(cat)" = 1234 ] && cat ${folder}/printed\n`;
    writeFileSync(join(folder, "argon2"), script, { mode: 0o755 });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await api.close();
  });

  const shell = async (script: string) => {
    const { stdout } = await run(
      "bash",
      [
        "-c",
        script.replaceAll("https://api.yourdomain.com", `${api.url}/api`).replaceAll("curl ", "curl -sS "),
      ],
      { env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, ACCESS_TOKEN: token } },
    );
    return JSON.parse(stdout);
  };

  it("setting a PIN, checking its status, removing it", async () => {
    const saved = await shell(`
# Hash PIN client-side first
PIN_HASH=$(echo -n "1234" | argon2 somesalt -id -t 3 -m 16 -p 4 -l 32 | grep -o '[$].*')

# Set PIN
curl -X POST https://api.yourdomain.com/v1/pin \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d "{
    \\"pin_hash\\": \\"$PIN_HASH\\",
    \\"pin_length\\": 4
  }"
`);
    expect(saved).to.include({ status: "saved" });
    expect(saved.txHash).to.match(/^0x[0-9a-f]{64}$/);
    expect(saved.blockNumber).to.be.above(0);

    const status = await shell(`
curl -X GET https://api.yourdomain.com/v1/pin \\
  -H "Authorization: Bearer $ACCESS_TOKEN"
`);
    expect(status).to.include({
      has_pin: true,
      pin_hash: "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ",
      pin_length: 4,
    });

    const removed = await shell(`
curl -X DELETE https://api.yourdomain.com/v1/pin \\
  -H "Authorization: Bearer $ACCESS_TOKEN"
`);
    expect(removed).to.include({ status: "deleted" });
    expect(removed.txHash).to.match(/^0x[0-9a-f]{64}$/);
    const after = await api.get("/api/v1/pin", { authorization: `Bearer ${token}` });
    expect(after.body).to.include({ has_pin: false, pin_hash: null, pin_length: null });
  });
});

describe("The account's PIN", () => {
  let api: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    api = await startService({}, { clock });
  });
  after(() => api.close());

  const user = (claims: Record<string, unknown> = {}) => signIn(api, { sub: newAccount(), ...claims });
  const verify = (as: SignedIn, pin: string) => as.post("/api/v1/pin/verify", { pin });

  it("set as a hash is verified by a second device, which derives the same hash from what it is told", async () => {
    const sub = newAccount();
    const [phone, tablet] = [await signIn(api, { sub }), await signIn(api, { sub })];
    const pinHash = await clientHash("4711");
    const set = await phone.post("/api/v1/pin", { pin_hash: pinHash, pin_length: 4 });
    expect(set.status).to.equal(200);
    const status = await tablet.get("/api/v1/pin");
    const derived = await derive(status.body.pin_hash as string, "4711");
    expect(derived).to.equal(pinHash);
    const right = await tablet.post("/api/v1/pin/verify", { pin_hash: derived });
    expect(right.body).to.include({ valid: true });
    const wrong = await tablet.post("/api/v1/pin/verify", {
      pin_hash: await derive(status.body.pin_hash, "4712"),
    });
    expect(wrong.body).to.include({ valid: false, attemptsRemaining: 2 });
    const digits = await verify(tablet, "4711");
    expect(digits.body, "the digits themselves are another secret").to.include({ valid: false });
    expectNoDigest(set, status, right, wrong, digits);
  });

  it("is the same secret in whatever order a library writes its parameters, and in no other spelling", async () => {
    const me = await user();
    const canonical = await clientHash("4711");
    await me.post("/api/v1/pin", { pin_hash: canonical.replace("t=3,p=4", "p=4,t=3"), pin_length: 4 });
    expect((await me.get("/api/v1/pin")).body.pin_hash).to.equal(
      "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ",
    );
    expect((await me.post("/api/v1/pin/verify", { pin_hash: canonical })).body.valid).to.equal(true);
    // What the npm package argon2 writes by itself.
    const own = await argon2.hash("4711", { memoryCost: 64, timeCost: 1, parallelism: 1 });
    expect((await me.post("/api/v1/pin", { pin_hash: own, pin_length: 4 })).status).to.equal(200);
    expect((await me.post("/api/v1/pin/verify", { pin_hash: own })).body.valid).to.equal(true);
  });

  it("set as digits has no hash to be told; 4 and 6 of them are accepted, leading zeros too", async () => {
    for (const pin of ["0012", "000012"]) {
      const me = await user();
      expect((await me.post("/api/v1/pin", { pin })).body.status).to.equal("saved");
      expect((await me.get("/api/v1/pin")).body).to.include({
        has_pin: true,
        pin_hash: null,
        pin_length: pin.length,
      });
      expect((await verify(me, pin)).body).to.include({ valid: true, message: "PIN verified successfully" });
    }
  });

  it("is refused with a reason of its own where its form is not right, and nothing is saved", async () => {
    const me = await user();
    const hash = await clientHash("1234");
    const cases: [object, string, string][] = [
      [{ pin_hash: hash, pin_length: 5 }, "PIN_FORMAT_ERROR", "wrong_length"],
      [{ pin: "12345" }, "PIN_FORMAT_ERROR", "wrong_length"],
      [{ pin: "12a4" }, "PIN_FORMAT_ERROR", "not_digits"],
      [{ pin: "1234", pin_length: 6 }, "PIN_FORMAT_ERROR", "wrong_length"],
      [{ pin_hash: hash }, "VALIDATION_ERROR", "missing_field"],
      [{ pin_length: 4 }, "VALIDATION_ERROR", "missing_field"],
      [{ pin: "1234", pin_hash: hash, pin_length: 4 }, "VALIDATION_ERROR", "two_pins"],
      [{ pin: 1234 }, "VALIDATION_ERROR", "wrong_type"],
      [{ pin_hash: hash, pin_length: "4" }, "VALIDATION_ERROR", "wrong_type"],
      [{ pin: "1234", confirm: "1234" }, "VALIDATION_ERROR", "unknown_field"],
      [{ pin_hash: "03ac674216f3e15c", pin_length: 4 }, "PIN_FORMAT_ERROR", "pin_hash_unsupported"],
      [{ pin_hash: hash.replace("2id", "2i"), pin_length: 4 }, "PIN_FORMAT_ERROR", "pin_hash_unsupported"],
      [{ pin_hash: `${hash}=`, pin_length: 4 }, "PIN_FORMAT_ERROR", "pin_hash_malformed"],
      [{ pin_hash: `${hash}\n`, pin_length: 4 }, "PIN_FORMAT_ERROR", "pin_hash_malformed"],
      [
        { pin_hash: hash.replace("m=65536", "m=9999999"), pin_length: 4 },
        "PIN_FORMAT_ERROR",
        "pin_hash_out_of_bounds",
      ],
      [{ pin_hash: hash + "A".repeat(200), pin_length: 4 }, "PIN_FORMAT_ERROR", "pin_hash_too_long"],
    ];
    for (const [body, code, reason] of cases) {
      const answer = await me.post("/api/v1/pin", body);
      expect(answer.body, JSON.stringify(body)).to.include({ status: 400, code, reason });
      expectNoDigest(answer);
    }
    const length = await me.post("/api/v1/pin", { pin_hash: hash, pin_length: 5 });
    expect(length.body.detail).to.equal("Invalid PIN length (must be 4 or 6).");
    expect((await me.get("/api/v1/pin")).body.has_pin).to.equal(false);
  });

  it("is neither replaced nor removed by a token alone", async () => {
    const sub = newAccount();
    await (await signIn(api, { sub })).post("/api/v1/pin", { pin: "4711" });
    for (const authTime of [stale(clock), null]) {
      const thief = await signIn(api, { sub, authTime });
      for (const answer of [
        await thief.post("/api/v1/pin", { pin: "0000" }),
        await thief.delete("/api/v1/pin"),
      ]) {
        expect(answer.body).to.include({
          status: 403,
          code: "REAUTHENTICATION_REQUIRED",
          reason: "recent_authentication_required",
          maxAgeSeconds: 300,
        });
      }
      expect((await verify(thief, "4711")).body.valid).to.equal(true);
    }
  });

  it("is replaced and removed with the current one, and a wrong one counts as a guess", async () => {
    const sub = newAccount();
    const me = await signIn(api, { sub, authTime: stale(clock) });
    await me.post("/api/v1/pin", { pin: "4711" });
    const wrong = await me.post("/api/v1/pin", { pin: "0815", current_pin: "4712" });
    expect(wrong.body).to.include({ status: 403, code: "PIN_INCORRECT", attemptsRemaining: 2 });
    expect(wrong.body.txHash).to.match(/^0x/);
    const hash = await clientHash("0815");
    const replaced = await me.post("/api/v1/pin", { pin_hash: hash, pin_length: 4, current_pin: "4711" });
    expect(replaced.body.status).to.equal("saved");
    expect(await eventOf(api, replaced)).to.nested.include({
      type: "pin_change",
      policy: "standard",
      "outcome.result": "valid",
      "outcome.authorisedBy": "current_pin",
      "outcome.attempt": 2,
    });
    expect((await me.get("/api/v1/pin")).body.pin_hash).to.match(/c29tZXNhbHQ$/);
    expect((await me.delete("/api/v1/pin", { current_pin: "4711" })).body.code).to.equal("PIN_INCORRECT");
    expect((await me.delete("/api/v1/pin", { current_pin_hash: hash })).body.status).to.equal("deleted");
    expect((await me.delete("/api/v1/pin", { current_pin_hash: hash })).body.status, "again").to.equal(
      "deleted",
    );
    expect((await verify(me, "0815")).body).to.include({ status: 409, code: "PIN_NOT_SET" });
  });

  it("is replaced and removed shortly after a full authentication, without the current one", async () => {
    const me = await user();
    await me.post("/api/v1/pin", { pin: "4711" });
    clock.pass(4 * MINUTE);
    const replaced = await me.post("/api/v1/pin", { pin: "0815" });
    expect(replaced.body.status).to.equal("saved");
    expect(await eventOf(api, replaced)).to.nested.include({
      "outcome.authorisedBy": "recent_authentication",
      "outcome.failures": 0,
    });
    expect((await verify(me, "0815")).body.valid).to.equal(true);
    clock.pass(MINUTE);
    expect((await me.delete("/api/v1/pin")).body.code).to.equal("REAUTHENTICATION_REQUIRED");
  });

  it("that is not there is deleted already, as often as one asks, with a token alone", async () => {
    const me = await user({ authTime: null });
    for (let i = 0; i < 2; i++) {
      const answer = await me.delete("/api/v1/pin");
      expect(answer.status).to.equal(200);
      expect(answer.body.status).to.equal("deleted");
      expect(await eventOf(api, answer)).to.nested.include({ type: "pin_delete", "outcome.existed": false });
    }
  });

  it("is locked for 5 minutes after 3 and 4 failures, for an hour after 5", async () => {
    const me = await user();
    await me.post("/api/v1/pin", { pin: "4711" });
    for (const left of [2, 1, 0]) {
      expect((await verify(me, "0000")).body).to.include({ valid: false, attemptsRemaining: left });
    }
    for (const wait of [5 * MINUTE, 5 * MINUTE, HOUR]) {
      const locked = await verify(me, "4711");
      expect(locked.body).to.include({ status: 423, code: "PIN_LOCKED", retryAfterSeconds: wait / 1000 });
      expect(locked.headers.get("retry-after")).to.equal(String(wait / 1000));
      expect(locked.body.detail).to.contain(`Try again in ${wait / MINUTE} minutes`);
      expect((await me.get("/api/v1/pin")).body.lockedUntil).to.equal(locked.body.lockedUntil);
      clock.pass(wait - 1);
      expect((await verify(me, "4711")).status).to.equal(423);
      clock.pass(1);
      if (wait < HOUR) expect((await verify(me, "0000")).body.lockedUntil).to.be.a("string");
    }
    expect((await verify(me, "4711")).body.valid).to.equal(true);
  });

  it("does not get fresh guesses by being removed and set again, unless after a full authentication", async () => {
    const sub = newAccount();
    const me = await signIn(api, { sub });
    await me.post("/api/v1/pin", { pin: "4711" });
    for (let i = 0; i < 2; i++) await verify(me, "0000");
    await me.delete("/api/v1/pin");
    const later = await signIn(api, { sub, authTime: stale(clock) });
    await later.post("/api/v1/pin", { pin: "4711" });
    expect((await verify(later, "0000")).body).to.include({ attemptsRemaining: 0 });
    expect((await verify(later, "4711")).status, "three in a row").to.equal(423);
    const again = await signIn(api, { sub });
    expect((await again.post("/api/v1/pin", { pin: "0815" })).status).to.equal(200);
    expect((await verify(again, "0000")).body).to.include({ attemptsRemaining: 2 });
  });

  it("that was disabled by a hundred failures is set again after a full authentication only", async () => {
    const sub = newAccount();
    const me = await signIn(api, { sub });
    await me.post("/api/v1/pin", { pin: "4711" });
    for (let i = 0; i < 100; i++) {
      await verify(await signIn(api, { sub }), "0000");
      clock.pass(HOUR);
    }
    expect((await verify(await signIn(api, { sub }), "4711")).body).to.include({
      status: 423,
      code: "PIN_DISABLED",
    });
    const fresh = await signIn(api, { sub });
    expect((await fresh.get("/api/v1/pin")).body).to.include({ disabled: true, attemptsRemaining: 0 });
    await fresh.delete("/api/v1/pin");
    const old = await signIn(api, { sub, authTime: stale(clock) });
    expect((await old.post("/api/v1/pin", { pin: "4711" })).body.code).to.equal("REAUTHENTICATION_REQUIRED");
    await fresh.post("/api/v1/pin", { pin: "4711" });
    expect((await verify(old, "4711")).body.valid).to.equal(true);
  }).timeout(60_000);

  it("is set once for an Idempotency-Key, and a stepped-up token may repeat what was refused", async () => {
    const [sub, sid] = [newAccount(), "one-session"];
    const me = await signIn(api, { sub, sid });
    const key = { "idempotency-key": "k-1" };
    const first = await me.post("/api/v1/pin", { pin: "4711" }, key);
    const again = await me.post("/api/v1/pin", { pin: "4711" }, key);
    expect(again.headers.get("idempotency-replayed")).to.equal("true");
    expect(again.body.eventId).to.equal(first.body.eventId);
    const weak = await signIn(api, { sub, sid, authTime: null });
    const change = { "idempotency-key": "k-2" };
    expect((await weak.post("/api/v1/pin", { pin: "0815" }, change)).status).to.equal(403);
    expect((await me.post("/api/v1/pin", { pin: "0815" }, change)).status).to.equal(200);
  });

  it("gates nothing: the API asks for the token alone", async () => {
    const me = await user();
    await me.post("/api/v1/pin", { pin: "4711" });
    for (let i = 0; i < 3; i++) await verify(me, "0000");
    expect((await me.get("/api/v1/pin")).status).to.equal(200);
    expect((await api.get("/api/v1/pin")).status).to.equal(401);
  });
});

describe("Seed 003's limits", () => {
  it("are 10 status requests, 5 settings and 5 removals a minute for each user, and say when to come back", async () => {
    const api = await startService({ RATE_LIMIT_USER: "1" });
    try {
      const [me, other] = [
        await signIn(api, { sub: newAccount() }),
        await signIn(api, { sub: newAccount() }),
      ];
      const rounds: [number, (as: SignedIn) => Promise<Answer>][] = [
        [10, (as) => as.get("/api/v1/pin")],
        [5, (as) => as.post("/api/v1/pin", { pin: "4711" })],
        [5, (as) => as.delete("/api/v1/pin")],
      ];
      for (const [most, ask] of rounds) {
        for (let i = 0; i < most; i++) expect((await ask(me)).status).to.equal(200);
        const refused = await ask(me);
        expect(refused.body).to.include({ status: 429, code: "TOO_MANY_REQUESTS", reason: "user_limit" });
        expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 60);
        expect(refused.headers.get("ratelimit-limit")).to.equal(String(most));
        expect((await ask(other)).status, "another user's limit is another").to.equal(200);
      }
    } finally {
      await api.close();
    }
  });
});
