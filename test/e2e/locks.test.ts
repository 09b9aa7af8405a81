import { expect } from "chai";
import fc from "fast-check";
import { HOUR, MINUTE, newAccount, signIn, signInAdmin, testClock } from "../helpers/account.ts";
import type { TestClock } from "../helpers/account.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const DAY = 24 * HOUR;

type Act = { readonly guess: "right" | "wrong" } | { readonly wait: number } | { readonly unlock: true };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ guess: "wrong" as const }) },
  { weight: 1, arbitrary: fc.constant({ guess: "right" as const }) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(1, 5 * MINUTE - 1, 5 * MINUTE, 15 * MINUTE, HOUR, DAY)
      .map((wait) => ({ wait })),
  },
  { weight: 1, arbitrary: fc.constant({ unlock: true as const }) },
);

interface Credential {
  guess(pin: "right" | "wrong"): Promise<{ status: number; valid: unknown; retryAfter: string | null }>;
  /** Null where support may not. */
  readonly unlock: (() => Promise<unknown>) | null;
}

interface Surface {
  readonly name: string;
  /** What a wrong guess costs that is the n-th in a row, in ms. */
  readonly waitAfter: (failures: number) => number;
  readonly create: (api: TestService) => Promise<Credential>;
}

const SURFACES: readonly Surface[] = [
  {
    name: "fra: 5 wrong in a row wait 15 minutes, 10 an hour, then a day each 5",
    waitAfter: (failures) =>
      failures % 5 !== 0 ? 0 : failures === 5 ? 15 * MINUTE : failures === 10 ? HOUR : DAY,
    async create(api) {
      const phone = newPhone();
      await onboard(api, phone);
      return {
        async guess(pin) {
          const { status, headers, body } = await verify(api, phone, pin === "right" ? GOOD_PIN : "550198");
          return { status, valid: body.valid, retryAfter: headers.get("retry-after") };
        },
        unlock: null,
      };
    },
  },
  {
    name: "standard: 3 or 4 wrong in a row wait 5 minutes, 5 and more an hour",
    waitAfter: (failures) => (failures < 3 ? 0 : failures < 5 ? 5 * MINUTE : HOUR),
    async create(api) {
      const sub = newAccount();
      const user = () => signIn(api, { sub });
      expect((await (await user()).post("/api/v1/pin", { pin: "4821" })).status).to.be.below(300);
      return {
        async guess(pin) {
          const answer = await (
            await user()
          ).post("/api/v1/pin/verify", { pin: pin === "right" ? "4821" : "1059" });
          return {
            status: answer.status,
            valid: answer.body.valid,
            retryAfter: answer.headers.get("retry-after"),
          };
        },
        async unlock() {
          const support = await signInAdmin(api);
          const { body } = await support.post("/api/admin/subjects/search", { account: sub });
          await support.post(`/api/admin/subjects/${body.subjectId as string}/unlock`, {
            policy: "standard",
          });
        },
      };
    },
  },
];

describe("Guesses, support and the clock, in any order over HTTP,", () => {
  let api: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    api = await startService({ ANCHOR_WAIT_MS: "0" }, { clock });
  });
  after(() => api.close());

  for (const { name, waitAfter, create } of SURFACES) {
    it(`are answered by the schedule of ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(acts, { minLength: 10, maxLength: 40, size: "max" }),
          async (interleaving) => {
            const credential = await create(api);
            let failures = 0;
            let lockedUntil = 0;
            for (const act of interleaving) {
              if ("wait" in act) clock.pass(act.wait);
              else if ("unlock" in act) {
                if (credential.unlock === null) continue;
                await credential.unlock();
                lockedUntil = 0;
              } else {
                const now = clock.now();
                const { status, valid, retryAfter } = await credential.guess(act.guess);
                if (now < lockedUntil) {
                  expect(status, `${lockedUntil - now} ms before a lock ends`).to.equal(423);
                  expect(retryAfter).to.equal(String(Math.ceil((lockedUntil - now) / 1000)));
                  continue;
                }
                expect(valid, `guess after ${failures} failures`).to.equal(act.guess === "right");
                failures = act.guess === "right" ? 0 : failures + 1;
                const wait = waitAfter(failures);
                lockedUntil = failures > 0 && wait > 0 ? now + wait : 0;
              }
            }
          },
        ),
        { numRuns: 12, interruptAfterTimeLimit: 60_000 },
      );
    }).timeout(90_000);
  }
});
