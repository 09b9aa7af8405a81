import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { newAccount, signIn } from "../../helpers/account.ts";
import { closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { overriding } from "../../../scripts/campaign/rig/overriding.ts";
import { customer, nextOf, support, withPin } from "./steps.ts";
import type { Customer } from "./steps.ts";

describe("At the console, when", () => {
  let service: TestService;
  let me: Customer;
  /** What the chain is held up by. */
  let road: Promise<void> = Promise.resolve();
  before(async () => {
    service = await startService(
      // Whoever did wait for the chain would be waiting still.
      { ANCHOR_WAIT_MS: "60000" },
      {
        wrapChain: (chain) =>
          overriding(chain, {
            broadcast: async (transaction) => {
              await road;
              await chain.broadcast(transaction);
            },
          }),
      },
    );
    me = await customer(service);
  });
  afterEach(async () => {
    await me.page.unrouteAll();
    await me.forget();
  });
  after(async () => {
    await me.leave();
    await closeBrowser();
    await service.close();
  });

  /** The browser tells of every request that fails. */
  const expectConnectionFaults = () => {
    for (const fault of me.faults.splice(0)) expect(fault).to.contain("net::ERR_");
  };

  describe("the connection is lost", () => {
    it("before a PIN is confirmed: nothing is saved, the page says so, and both fields wait to be filled", async () => {
      const account = newAccount();
      await me.signIn(account);
      await me.page.route("**/api/session/pin", (route) => route.abort());
      await me.choose("4711");
      expect(await me.alert())
        .to.contain("does not answer")
        .and.to.contain(en.uncertain);
      expect(await me.field(en.newPin).inputValue()).to.equal("");
      expect(await me.field(en.samePinAgain).inputValue()).to.equal("");
      await hasFocus(me.field(en.newPin));
      expect(await nextOf(service, account)).to.equal("create_pin");
      expectConnectionFaults();
      await me.page.unrouteAll();
      await me.choose("4711");
      await me.sees(en.home.title);
    });

    it("after it was saved: entering it again leads on, and to nothing saved twice", async () => {
      const account = newAccount();
      await me.signIn(account);
      await me.page.route("**/api/session/pin", async (route) => {
        await route.fetch();
        await route.abort();
      });
      await me.choose("4711");
      await me.alert();
      expectConnectionFaults();
      await me.page.unrouteAll();
      await me.choose("4711");
      await me.sees(en.home.title);
      expect(await nextOf(service, account)).to.equal("enter_pin");
    });

    it("while a PIN is entered: it is asked for again", async () => {
      await me.signIn(await withPin(service));
      await me.page.route("**/api/session/pin/verify", (route) => route.abort());
      await me.enter("4711");
      expect(await me.alert()).to.contain("does not answer");
      await hasFocus(me.field(en.pin));
      expectConnectionFaults();
      await me.page.unrouteAll();
      await me.page.keyboard.type("4711");
      await me.sees(en.home.title);
    });

    it("before anything is known: the page says so and tries again when told to", async () => {
      const account = await withPin(service);
      await me.page.route("**/api/session", (route) => route.abort());
      await me.signIn(account);
      expect(await me.alert()).to.contain("does not answer");
      expectConnectionFaults();
      await me.page.unrouteAll();
      await me.press("Try again");
      await me.sees(en.enter.title);
    });
  });

  it("a button is pressed twice, and Enter as well, it is done once", async () => {
    await me.signIn(newAccount());
    const sent: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await me.page.route("**/api/session/pin", async (route) => {
      sent.push(route.request().headers()["idempotency-key"] ?? "");
      await held;
      await route.continue();
    });
    await me.type(en.newPin, "4711");
    await me.type(en.samePinAgain, "4711");
    await me.page.evaluate((label) => {
      const button = [...document.querySelectorAll("button")].find(({ innerText }) => innerText === label);
      button?.click();
      button?.click();
      button?.form?.requestSubmit();
    }, en.savePin);
    const busy = me.page.getByRole("button", { name: en.saving });
    expect(await busy.isDisabled()).to.equal(true);
    expect(await me.field(en.newPin).isDisabled()).to.equal(true);
    release();
    await me.sees(en.home.title);
    expect(sent).to.have.length(1);
    expect(sent[0]).to.match(/^[0-9a-f]{32}$/);
  });

  describe("another tab or support was faster", () => {
    it("and has created a PIN: it is asked for in place of another", async () => {
      const account = newAccount();
      await me.signIn(account);
      await me.sees(en.create.title);
      await (
        await signIn(service, { sub: account })
      ).post("/api/session/pin", { pin: "0815", confirmation: "0815" });
      await me.choose("4711");
      await me.sees(en.enter.title);
      await me.reads("There is a PIN already.");
      await me.enter("0815");
      await me.sees(en.home.title);
    });

    it("and has reset the PIN: another is asked for", async () => {
      const account = await withPin(service);
      await me.signIn(account);
      await me.sees(en.enter.title);
      await support(service, account, "reset");
      await me.enter("4711");
      await me.sees(en.create.title);
      await me.reads("There is no PIN yet.");
    });

    it("and somebody comes back to a page that is out of date: it catches up by itself", async () => {
      const account = await withPin(service);
      await me.signIn(account);
      await me.enter("4711");
      await me.sees(en.home.title);
      await support(service, account, "reset");
      await me.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await me.sees(en.create.title);
    });

    it("and has signed out: signing in comes first, and the page says why", async () => {
      await me.signIn(await withPin(service));
      await me.sees(en.enter.title);
      await me.page.context().clearCookies();
      await me.enter("4711");
      await me.sees(en.signInTitle);
      await me.reads(en.signInEnded);
    });
  });

  it("the chain is slow, nobody waits for it: the ledger's entry is shown as pending, and then with its block", async () => {
    let open = () => {};
    road = new Promise((resolve) => (open = resolve));
    await me.signIn(newAccount());
    await me.choose("4711");
    await me.sees(en.home.title);
    await me.reads(en.recorded.pending);
    expect(await me.page.getByText(en.recorded.block, { exact: true }).count()).to.equal(0);
    open();
    await me.page.getByText(en.recorded.title, { exact: true }).waitFor();
    expect(await me.page.locator(".recorded .mono").innerText()).to.match(/^0x[0-9a-f]{64}$/);
    await me.page.getByText(en.recorded.block, { exact: true }).waitFor();
    await me.reads(en.recorded.statuses.final);
  });
});
