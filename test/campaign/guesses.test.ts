import { expect } from "chai";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const GUESSES = 500;

describe("500 parallel wrong PINs", function () {
  this.timeout(60_000);
  let api: TestService;
  before(async () => {
    api = await startService({
      HASH_QUEUE: String(GUESSES + 100),
      RATE_LIMIT_CLIENT: "0",
      RATE_LIMIT_PHONE: "0",
    });
  });
  after(() => api.close());

  const guessAll = (phone: string) =>
    Promise.all(Array.from({ length: GUESSES }, () => verify(api, phone, WRONG_PIN)));

  function expectFiveEvaluated(answers: readonly Answer[]): void {
    const evaluated = answers.filter(({ status }) => status === 200 || status === 202);
    const locked = answers.filter(({ status, body }) => status === 423 && body.code === "FRA_PIN_LOCKED");
    expect([evaluated.length, locked.length]).to.deep.equal([5, GUESSES - 5]);
    for (const { body } of evaluated) expect(body.valid).to.equal(false);
    for (const { headers } of locked) expect(Number(headers.get("retry-after"))).to.be.within(1, 900);
  }

  it("have five evaluated for a customer, who then stays locked even for the right PIN", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    expectFiveEvaluated(await guessAll(phone));
    expect((await verify(api, phone, GOOD_PIN)).status).to.equal(423);
  });

  it("have five evaluated for a phone that nobody knows", async () => {
    expectFiveEvaluated(await guessAll(newPhone()));
  });
});
