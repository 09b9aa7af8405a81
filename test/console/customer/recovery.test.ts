import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { HOUR, MINUTE, signIn, testClock } from "../../helpers/account.ts";
import type { TestClock } from "../../helpers/account.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { customer, support, withPin } from "./steps.ts";
import type { Customer } from "./steps.ts";

describe("At the console a customer", () => {
  let service: TestService;
  let clock: TestClock;
  let me: Customer;
  before(async () => {
    clock = testClock();
    service = await startService({}, { clock });
    me = await customer(service);
  });
  afterEach(() => me.forget());
  after(async () => {
    await me.leave();
    await closeBrowser();
    await service.close();
  });

  const verified = async (account: string, pin: string): Promise<unknown> => {
    const session = await signIn(service, { sub: account });
    return (await session.post("/api/session/pin/verify", { pin })).body.valid;
  };

  it("who forgot the PIN chooses another, having just signed in", async () => {
    const account = await withPin(service);
    await me.signIn(account);
    await me.follow(en.enter.forgot);
    await me.sees(en.forgot.title);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.home.title);
    await me.reads(en.home.done.reset);
    expect(new URL(me.page.url()).pathname).to.equal("/console");
    expect(await verified(account, "4711")).to.equal(false);
    expect(await verified(account, "0815")).to.equal(true);
  });

  it("who forgot it and signed in too long ago signs in again, and comes straight to the form", async () => {
    const account = await withPin(service);
    await me.signIn(account);
    await me.sees(en.enter.title);
    clock.pass(6 * MINUTE);
    await me.follow(en.enter.forgot);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.forgot.signInTitle);
    await me.reads(en.forgot.signInLead("5 minutes"));
    expect(await verified(account, "4711"), "nothing was saved").to.equal(true);
    await me.field("Account").fill(account);
    await me.press("Sign in");
    await me.sees(en.forgot.title);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.home.title);
    expect(await verified(account, "0815")).to.equal(true);
  });

  it("who is locked out need not wait for the end of it", async () => {
    const account = await withPin(service);
    await me.signIn(account);
    const elsewhere = await signIn(service, { sub: account });
    for (let i = 0; i < 5; i++) await elsewhere.post("/api/session/pin/verify", { pin: "0000" });
    await me.page.reload();
    await me.sees(en.locked.title);
    await me.follow(en.locked.reset);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.home.title);
  });

  it("whose temporary PIN is void is told what to do in place of waiting", async () => {
    const [spent, expired] = [await withPin(service), await withPin(service)];
    const temporary = await support(service, spent, "temporary-pin");
    await me.signIn(spent);
    const wrong = temporary === "0000" ? "0001" : "0000";
    for (let left = 2; left >= 0; left--) {
      await me.enter(wrong);
      if (left > 0)
        await me.page
          .getByRole("alert")
          .filter({ hasText: String(left) })
          .waitFor();
    }
    await me.sees(en.locked.titleForever);
    expect(await me.alert()).to.equal(en.locked.reasons.temporary_pin_spent);
    expect(await me.page.getByRole("timer").count(), "countdowns").to.equal(0);

    await support(service, expired, "temporary-pin");
    clock.pass(24 * HOUR);
    await me.signIn(expired);
    await me.sees(en.locked.titleForever);
    expect(await me.alert()).to.equal(en.locked.reasons.temporary_pin_expired);
    await me.follow(en.locked.reset);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.home.title);
  });

  it("changes a known PIN, which every other session must then prove", async () => {
    const account = await withPin(service);
    const other = await signIn(service, { sub: account });
    await other.post("/api/session/pin/verify", { pin: "4711" });
    await me.signIn(account);
    await me.enter("4711");
    await me.follow(en.home.change);
    await me.type(en.currentPin, "4711");
    await me.choose("0815", "0815", en.change.save);
    await me.sees(en.home.title);
    await me.reads(en.home.done.change);
    expect((await other.get("/api/session")).body.next).to.equal("enter_pin");
  });

  it("who changes it with a wrong one is told the attempts left, and at last to wait, and stays in", async () => {
    await me.signIn(await withPin(service));
    await me.enter("4711");
    await me.follow(en.home.change);
    const attempt = async (current: string) => {
      await me.type(en.currentPin, current);
      await me.choose("0815", "0815", en.change.save);
    };
    for (const left of ["4 attempts", "3 attempts", "2 attempts", "1 attempt"]) {
      await attempt("0000");
      await me.page
        .getByRole("alert")
        .filter({ hasText: en.change.wrong(left) })
        .waitFor();
      expect(await me.field(en.currentPin).inputValue()).to.equal("");
      await me.reads(en.recorded.title);
    }
    await attempt("0000");
    await me.page.getByRole("alert").filter({ hasText: en.change.wrongAndLocked }).waitFor();
    await attempt("4711");
    await me.page
      .getByRole("alert")
      .filter({ hasText: en.change.locked("15 minutes") })
      .waitFor();
    await me.follow(en.back);
    await me.sees(en.home.title);
  });

  it("who types the same PIN as new is told so", async () => {
    await me.signIn(await withPin(service));
    await me.enter("4711");
    await me.follow(en.home.change);
    await me.type(en.currentPin, "4711");
    await me.choose("4711", "4711", en.change.save);
    expect(await me.alert()).to.equal("The new PIN must differ from the current one.");
  });
});
