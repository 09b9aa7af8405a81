import { expect } from "chai";
import { closeBrowser } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { LANGUAGES, lockOut, newCustomer, openPortal } from "./portal.ts";

/** The acceptance scenarios of seed 004's story, clicked through, and what they come to for the customer. */
for (const language of LANGUAGES) {
  describe(`Seed 004, User Story 5, Admin PIN Management, in the portal (${language}):`, () => {
    let service: TestService;
    before(async () => {
      service = await startService();
    });
    after(async () => {
      await closeBrowser();
      await service.close();
    });

    it("1: Reset PIN clears the user's PIN, and they must create a new one on next login", async () => {
      const customer = await newCustomer(service);
      expect(await customer.next()).to.equal("enter_pin");
      const portal = await openPortal(service, language);
      await portal.find(customer.sub);
      await portal.accessible();
      await portal.begin("reset");
      await portal.accessible();
      expect(await customer.next(), "asking does nothing").to.equal("enter_pin");
      await portal.confirm("reset");
      await portal.accessible();
      expect(await portal.dialog.innerText()).to.match(/0x[0-9a-f]{64}/);
      await portal.close();
      expect(await customer.next()).to.equal("create_pin");
      await portal.leave();
    });

    it("2: Unlock clears the lockout, and the user can attempt PIN entry immediately", async () => {
      const customer = await newCustomer(service);
      await lockOut(customer);
      expect(await customer.next()).to.equal("locked");
      const portal = await openPortal(service, language);
      await portal.find(customer.sub);
      expect(await portal.card().getByRole("timer").innerText()).to.match(/^1[45]:\d\d$/);
      await portal.accessible();
      await portal.begin("unlock");
      await portal.accessible();
      await portal.confirm("unlock");
      await portal.accessible();
      await portal.close();
      expect(await portal.card().getByRole("timer").count()).to.equal(0);
      expect(await customer.verify("4711")).to.include({ valid: true, next: "none" });
      await portal.leave();
    });

    it("3: with a temporary PIN the user can log in, and is prompted to change it immediately", async () => {
      const customer = await newCustomer(service);
      const portal = await openPortal(service, language);
      await portal.find(customer.sub);
      await portal.begin("temporary");
      await portal.accessible();
      await portal.confirm("temporary");
      await portal.accessible();
      const pin = await portal.dialog.locator("output").innerText();
      expect(pin).to.match(/^[0-9]{4}$/);
      await portal.close();
      expect(await customer.verify(pin)).to.include({
        valid: true,
        next: "change_temporary_pin",
        message: "Your PIN was reset by support. Please create a new PIN.",
      });
      expect(await customer.next()).to.equal("change_temporary_pin");
      await portal.leave();
    });
  });
}
