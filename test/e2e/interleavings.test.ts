import { expect } from "chai";
import fc from "fast-check";
import { newAccount, signIn, signInAdmin, testClock } from "../helpers/account.ts";
import type { SignedIn, TestClock } from "../helpers/account.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const PINS = ["1111", "2222", "3333"] as const;

type Act =
  | { readonly act: "verify" | "create" | "reset" | "change"; readonly by: 0 | 1; readonly pin: number }
  | { readonly act: "log out"; readonly by: 0 | 1 }
  | { readonly act: "clear" | "unlock" }
  | { readonly act: "temporary"; readonly pin: number }
  | { readonly act: "wait"; readonly ms: number };

const by = fc.constantFrom(0 as const, 1 as const);
const pin = fc.nat({ max: PINS.length - 1 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant("verify" as const), by, pin }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constantFrom("create" as const, "reset", "change"), by, pin }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("log out" as const), by }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom("clear" as const, "unlock") }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("temporary" as const), pin }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(60_000, 899_999, 900_000, 43_200_000, 86_400_000),
    }),
  },
);

/** What a bystander knows who sees every PIN and every answer, and none of the code. */
class Bystander {
  secret: string | null = null;
  temporary: { until: number; wrong: number } | null = null;
  failed = 0;
  lockedUntil = 0;
  readonly shown: (number | null)[] = [null, null];

  expectedNext(session: 0 | 1, now: number): string {
    if (this.secret === null) return "create_pin";
    const at = this.shown[session] ?? null;
    const proven = at !== null && now - at < 43_200_000;
    if (this.temporary !== null && now >= this.temporary.until) return "locked";
    if (proven) return this.temporary === null ? "none" : "change_temporary_pin";
    if (this.temporary !== null && this.temporary.wrong >= 3) return "locked";
    return now < this.lockedUntil ? "locked" : "enter_pin";
  }

  bind(secret: string | null, by: 0 | 1 | null, now: number): void {
    this.secret = secret;
    this.temporary = null;
    this.shown.fill(null);
    if (by !== null) this.shown[by] = now;
  }

  startAnew(): void {
    this.failed = 0;
    this.lockedUntil = 0;
  }
}

describe("Two sessions, support and the clock, in any order over HTTP,", () => {
  let api: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    api = await startService({ ANCHOR_WAIT_MS: "0" }, { clock });
  });
  after(() => api.close());

  it("are answered as a bystander with pencil and paper would expect", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 25, size: "max" }), async (interleaving) => {
        const world = await newWorld();
        for (const act of interleaving) await world.do(act);
      }),
      { numRuns: 25, interruptAfterTimeLimit: 90_000 },
    );
  }).timeout(120_000);

  async function newWorld() {
    const sub = newAccount();
    const notes = new Bystander();
    // Tokens are of now, whatever the clock has come to: what is under test is what lies behind them.
    const as = (session: 0 | 1): Promise<SignedIn> => signIn(api, { sub, sid: `${sub}-${session}` });
    await (await as(0)).delete("/api/session");
    const admin = async (action: string, body?: object): Promise<Answer> => {
      const support = await signInAdmin(api);
      const { body: found } = await support.post("/api/admin/subjects/search", { account: sub });
      return support.post(`/api/admin/subjects/${found.subjectId as string}/${action}`, body);
    };

    async function guess(session: 0 | 1, presented: string): Promise<void> {
      const before = notes.expectedNext(session, clock.now());
      const answer = await (await as(session)).post("/api/session/pin/verify", { pin: presented });
      if (notes.secret === null) return void expect(answer.status).to.equal(409);
      const dead =
        notes.temporary !== null && (clock.now() >= notes.temporary.until || notes.temporary.wrong >= 3);
      if (dead || clock.now() < notes.lockedUntil) {
        return void expect(answer.status, `a guess while ${before}`).to.equal(423);
      }
      expect(answer.body.valid, `${presented} where ${notes.secret} is right`).to.equal(
        presented === notes.secret,
      );
      if (presented === notes.secret) {
        notes.startAnew();
        notes.shown[session] = clock.now();
        return;
      }
      notes.failed++;
      if (notes.temporary !== null) notes.temporary.wrong++;
      if (notes.failed % 5 === 0) notes.lockedUntil = clock.now() + 900_000;
    }

    async function bind(kind: "create" | "reset" | "change", session: 0 | 1, chosen: string): Promise<void> {
      const now = clock.now();
      const next = notes.expectedNext(session, now);
      const user = await as(session);
      const answer =
        kind === "change"
          ? await user.post("/api/session/pin/change", { newPin: chosen, confirmation: chosen })
          : await user.post(kind === "create" ? "/api/session/pin" : "/api/session/pin/reset", {
              pin: chosen,
              confirmation: chosen,
            });
      const allowed = {
        create: next === "create_pin",
        reset: notes.secret !== null,
        change: next === "change_temporary_pin",
      }[kind];
      const reused = notes.temporary !== null && chosen === notes.secret;
      expect(answer.status < 300, `${kind} where the next step is ${next}`).to.equal(allowed && !reused);
      if (answer.status >= 300) return;
      notes.bind(chosen, session, now);
      if (kind === "reset") notes.startAnew();
    }

    return {
      async do(act: Act): Promise<void> {
        switch (act.act) {
          case "verify":
            await guess(act.by, PINS[act.pin]!);
            break;
          case "create":
          case "reset":
          case "change":
            await bind(act.act, act.by, PINS[act.pin]!);
            break;
          case "log out":
            await (await as(act.by)).delete("/api/session");
            notes.shown[act.by] = null;
            break;
          case "clear":
            await admin("reset");
            notes.bind(null, null, clock.now());
            notes.startAnew();
            break;
          case "unlock":
            await admin("unlock");
            notes.lockedUntil = 0;
            break;
          case "temporary":
            await admin("temporary-pin", { pin: PINS[act.pin]! });
            notes.bind(PINS[act.pin]!, null, clock.now());
            notes.startAnew();
            notes.temporary = { until: clock.now() + 86_400_000, wrong: 0 };
            break;
          case "wait":
            clock.pass(act.ms);
            break;
        }
        for (const session of [0, 1] as const) {
          const { body } = await (await as(session)).get("/api/session");
          expect(body.next, `after ${JSON.stringify(act)}`).to.equal(
            notes.expectedNext(session, clock.now()),
          );
        }
      },
    };
  }
});
