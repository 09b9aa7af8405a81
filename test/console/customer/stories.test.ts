import { expect } from "chai";
import { MINUTE, newAccount, signIn, testClock } from "../../helpers/account.ts";
import type { TestClock } from "../../helpers/account.ts";
import { closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC, ENGLISH, customer, nextOf, support, withPin } from "./steps.ts";
import type { Customer } from "./steps.ts";

/** The acceptance scenarios of seed 004 that are the customer's, each by its number, in a real browser. */
describe("At the console, seed 004,", () => {
  let service: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    service = await startService({}, { clock });
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  for (const language of [ENGLISH, ARABIC]) {
    const { texts } = language;

    describe(`in ${language.name}`, () => {
      let me: Customer;
      before(async () => {
        me = await customer(service, language);
      });
      afterEach(() => me.forget());
      after(() => me.leave());

      async function lockOut(): Promise<void> {
        for (const left of [4, 3, 2, 1, 0]) {
          await me.enter("0000");
          if (left > 0)
            await me.page
              .getByRole("alert")
              .filter({ hasText: wrong(left) })
              .waitFor();
        }
        await me.sees(texts.locked.title);
      }
      const wrong = (left: number): string => texts.enter.wrong(ATTEMPTS[language.name]![left]!);
      const face = () => me.page.getByRole("timer").innerText();

      describe("User Story 1, First-Time PIN Setup", () => {
        it("1: having signed up, the user is prompted to create a 4-digit PIN", async () => {
          await me.signIn(newAccount());
          await me.sees(texts.create.title);
          await me.reads(texts.create.lead(4));
          for (const label of [texts.newPin, texts.samePinAgain]) {
            expect(await me.field(label).locator("xpath=..").locator(".pin-box").count()).to.equal(4);
          }
        });

        it("2: a PIN and its repetition: it is saved, and the page shows where the ledger says so", async () => {
          const account = newAccount();
          await me.signIn(account);
          await me.choose("4711");
          await me.sees(texts.home.title);
          await me.reads(texts.home.done.create);
          const txHash = await me.page.locator(".recorded .mono").innerText();
          expect(txHash).to.match(/^0x[0-9a-f]{64}$/);
          const link = await me.page.getByRole("link", { name: texts.recorded.verify }).getAttribute("href");
          const { body } = await service.get(`/api/ledger/events/${link!.split("event=")[1]!}`);
          expect(body).to.nested.include({ "payload.type": "pin_set", "anchor.txHash": txHash });
          const another = await signIn(service, { sub: account });
          const verified = await another.post("/api/session/pin/verify", { pin: "4711" });
          expect(verified.body).to.include({ valid: true });
        });

        it("3: a repetition that does not match: an error, and both must be entered again", async () => {
          const account = newAccount();
          await me.signIn(account);
          await me.choose("4711", "4712");
          expect(await me.alert()).to.equal(texts.mismatch);
          for (const label of [texts.newPin, texts.samePinAgain]) {
            expect(await me.field(label).inputValue()).to.equal("");
          }
          await hasFocus(me.field(texts.newPin));
          expect(await nextOf(service, account)).to.equal("create_pin");
          await me.choose("4711");
          await me.sees(texts.home.title);
        });
      });

      describe("User Story 2, Existing User PIN Setup on Login", () => {
        it("1: an existing user without a PIN comes to PIN creation, before the application", async () => {
          const account = newAccount();
          await (await signIn(service, { sub: account })).post("/api/v1/pin", { pin: "123987" });
          await me.signIn(account);
          await me.sees(texts.create.title);
        });

        it("2: having created a PIN, the user comes to the application", async () => {
          const account = newAccount();
          await (await signIn(service, { sub: account })).post("/api/v1/pin", { pin: "123987" });
          await me.signIn(account);
          await me.choose("4711");
          await me.sees(texts.home.title);
        });

        it("3: no address, no way back and no reload leads past it until a PIN is set, not for a moment", async () => {
          const glimpsed = new Set<string>();
          await me.page.exposeFunction("glimpse", (title: string) => glimpsed.add(title));
          await me.page.addInitScript(() => {
            const look = () => glimpse(document.querySelector("h1")?.textContent ?? "");
            new MutationObserver(look).observe(document, { childList: true, subtree: true });
          });
          await me.signIn(newAccount());
          await me.sees(texts.create.title);
          for (const address of ["/change", "/forgot", "/onboarding", "/elsewhere", ""]) {
            await me.open(`/console${address}`);
            await me.sees(texts.create.title);
            await me.page.waitForURL(`${service.url}/console`);
          }
          await me.page.goBack();
          await me.sees(texts.create.title);
          await me.page.reload();
          await me.sees(texts.create.title);
          expect(await me.page.getByRole("link", { name: texts.title }).count(), "ways elsewhere").to.equal(
            0,
          );
          expect([...glimpsed].sort()).to.deep.equal(["", texts.create.title, texts.signInTitle].sort());
        });
      });

      describe("User Story 3, PIN Verification on Session Start", () => {
        it("1: a user with a PIN is presented with PIN entry", async () => {
          await me.signIn(await withPin(service));
          await me.sees(texts.enter.title);
          for (const address of ["/change", "/onboarding"]) {
            await me.open(`/console${address}`);
            await me.sees(texts.enter.title);
          }
        });

        it("2: the correct PIN leads to the application, as soon as its last digit is there", async () => {
          await me.signIn(await withPin(service));
          await me.enter("4711");
          await me.sees(texts.home.title);
        });

        it("3: an incorrect PIN: an error with the attempts left, and another try", async () => {
          await me.signIn(await withPin(service));
          await me.enter("4712");
          expect(await me.alert()).to.equal(wrong(4));
          expect(await me.field(texts.pin).inputValue()).to.equal("");
          await hasFocus(me.field(texts.pin));
          await me.page.keyboard.type("4711");
          await me.sees(texts.home.title);
        });
      });

      describe("User Story 4, PIN Lockout Protection", () => {
        let usual: Customer;
        before(async () => {
          usual = me;
          me = await customer(service, language);
          await me.page.clock.install();
        });
        after(async () => {
          await me.leave();
          me = usual;
        });

        it("1: after five incorrect PINs the account is locked for 15 minutes", async () => {
          await me.signIn(await withPin(service));
          await lockOut();
          expect(await face()).to.match(/^1[45]:\d\d$/);
        });

        it("2: while locked, the page says so and how long, also to whoever was about to enter the PIN", async () => {
          const account = await withPin(service);
          await me.signIn(account);
          await me.sees(texts.enter.title);
          const elsewhere = await signIn(service, { sub: account });
          for (let i = 0; i < 5; i++) await elsewhere.post("/api/session/pin/verify", { pin: "0000" });
          await me.enter("4711");
          await me.sees(texts.locked.title);
          await me.reads(texts.locked.because);
          const before = seconds(await face());
          expect(before).to.be.within(890, 900);
          await me.page.clock.runFor(61_000);
          expect(seconds(await face()), "it runs").to.be.within(before - 66, before - 61);
          expect(await me.page.getByRole("timer").getAttribute("aria-label")).to.contain("13");
        });

        it("3: once the time is over, PIN entry comes back by itself", async () => {
          await me.signIn(await withPin(service));
          await lockOut();
          clock.pass(15 * MINUTE);
          await me.page.clock.fastForward(15 * MINUTE);
          await me.sees(texts.enter.title);
          await me.enter("4711");
          await me.sees(texts.home.title);
        });
      });

      describe("User Story 5, Admin PIN Management, as its customer meets it:", () => {
        it("1: a PIN that support reset must be created anew on the next login", async () => {
          const account = await withPin(service);
          await support(service, account, "reset");
          await me.signIn(account);
          await me.sees(texts.create.title);
        });

        it("2: a user whom support unlocked can attempt PIN entry immediately", async () => {
          const account = await withPin(service);
          await me.signIn(account);
          await lockOut();
          await support(service, account, "unlock");
          await me.page.reload();
          await me.sees(texts.enter.title);
          await me.enter("4711");
          await me.sees(texts.home.title);
        });

        it("3: a temporary PIN lets the user log in, to change it immediately", async () => {
          const account = await withPin(service);
          const temporary = await support(service, account, "temporary-pin");
          await me.signIn(account);
          await me.enter(temporary);
          await me.sees(texts.temporary.title);
        });
      });

      describe("User Story 6, Temporary PIN Change Flow", () => {
        let account: string;
        let temporary: string;
        beforeEach(async () => {
          account = await withPin(service);
          temporary = await support(service, account, "temporary-pin");
          await me.signIn(account);
          await me.enter(temporary);
          await me.sees(texts.temporary.title);
        });

        it("1: having entered it, the user is told that support reset the PIN", async () => {
          const sentence = await me.page.getByRole("status").innerText();
          expect(sentence).to.equal(texts.temporary.sentence);
          if (language === ENGLISH) {
            expect(sentence).to.equal("Your PIN was reset by support. Please create a new PIN.");
          }
        });

        it("2: the change form is there at once, and nothing dismisses or skips it", async () => {
          expect(await me.field(texts.newPin).isVisible()).to.equal(true);
          expect(await me.page.locator("main section.card").getByRole("link").count()).to.equal(0);
          expect(await me.page.locator("main section.card").getByRole("button").count()).to.equal(1);
          await me.page.keyboard.press("Escape");
          for (const address of ["/change", "/forgot", "/onboarding", ""]) {
            await me.open(`/console${address}`);
            await me.sees(texts.temporary.title);
          }
          await me.choose(temporary);
          expect(await me.alert(), "support knows it").not.to.equal("");
          expect(await nextOf(service, account)).to.equal("enter_pin");
        });

        it("3: a new PIN clears the flag and leads to the application", async () => {
          await me.choose("0815");
          await me.sees(texts.home.title);
          await me.signOut();
          await me.signIn(account);
          await me.enter("0815");
          await me.sees(texts.home.title);
        });
      });
    });
  }
});

/** In the page. */
declare const glimpse: (title: string) => void;

/** As each language counts them. */
const ATTEMPTS: Readonly<Record<string, readonly string[]>> = {
  English: ["", "1 attempt", "2 attempts", "3 attempts", "4 attempts"],
  Arabic: ["", "محاولة واحدة", "محاولتان", "3 محاولات", "4 محاولات"],
};

function seconds(face: string): number {
  const [minutes = "", rest = ""] = face.split(":");
  return Number(minutes) * 60 + Number(rest);
}
