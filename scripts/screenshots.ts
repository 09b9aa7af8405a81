/**
 * `npm run screenshots`: every screen of the console as it is, on a phone and a desktop, in both languages, light and
 * dark, on a service of its own. The few that the README shows go to docs/images/.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BrowserContextOptions, Page } from "playwright-core";
import { newAccount, signIn, signInAdmin } from "../test/helpers/account.ts";
import { DESKTOP, PHONE, closeBrowser, visit } from "../test/helpers/browser.ts";
import { startService } from "../test/helpers/service.ts";
import type { TestService } from "../test/helpers/service.ts";

const USAGE = `Usage: npm run screenshots [-- --out DIR] [--only PREFIX]

Takes pictures of the console's screens. --out: where they go [screenshots]; --only: screens that begin so.
`;

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { ...DESKTOP, locale: "en-GB", colorScheme: "light" },
  phone: { ...PHONE, locale: "en-GB", colorScheme: "light" },
  "desktop-ar-dark": { ...DESKTOP, locale: "ar-EG", colorScheme: "dark" },
  "phone-ar-dark": { ...PHONE, locale: "ar-EG", colorScheme: "dark" },
};

const IN_README = ["audit-event.desktop", "customer-temporary.phone", "customer-enter.phone-ar-dark"];

const PIN = "4711";

/** A page that is on its way to a screen, and takes a picture of each that it comes to. */
interface Stop {
  readonly page: Page;
  readonly service: TestService;
  readonly open: (path: string) => Promise<void>;
  readonly signInAs: (account: string, admin?: boolean) => Promise<void>;
  readonly shot: (name: string) => Promise<void>;
}

async function customerScreens({ page, service, open, signInAs, shot }: Stop): Promise<void> {
  await open("/console");
  await shot("customer-sign-in");

  await signInAs(newAccount());
  await open("/console");
  await fields(page, 2);
  await shot("customer-create");

  const account = await customerWithPin(service);
  await signInAs(account);
  await open("/console");
  await fields(page, 1);
  await shot("customer-enter");
  await page.keyboard.type("0000");
  await page.getByRole("alert").waitFor();
  await shot("customer-wrong");
  await page.keyboard.type(PIN);
  await page.locator(".recorded .mono").first().waitFor();
  await shot("customer-home");
  await open("/console/change");
  await fields(page, 3);
  await shot("customer-change");
  await open("/console/forgot");
  await fields(page, 2);
  await shot("customer-forgot");

  const locked = await customerWithPin(service);
  await lock(service, locked);
  await signInAs(locked);
  await open("/console");
  await page.getByRole("timer").waitFor();
  await shot("customer-locked");

  const reset = await customerWithPin(service);
  const temporary = await temporaryPin(service, reset);
  await signInAs(reset);
  await open("/console");
  await fields(page, 1);
  await page.keyboard.type(temporary);
  await fields(page, 2);
  await shot("customer-temporary");
}

async function onboardingScreens({ page, service, open, shot }: Stop): Promise<void> {
  const phone = `+2010${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;
  const next = () => page.locator("main button[type=submit]").click();
  await page.context().clearCookies();
  await open("/console/onboarding");
  await shot("onboarding-1-phone");
  await page.locator("input[type=tel]").fill(phone);
  await next();
  await page.locator("input[autocomplete=one-time-code]").waitFor();
  await shot("onboarding-2-code");
  await page.locator("input[autocomplete=one-time-code]").focus();
  await page.keyboard.type(service.otp(phone));
  await page.locator("[role=region]").waitFor();
  await shot("onboarding-3-terms");
  await page.locator("main .button-main").click();
  await fields(page, 2);
  await shot("onboarding-4-pin");
  for (const field of await page.locator("input[type=password]").all()) {
    await field.focus();
    await page.keyboard.type("837465");
  }
  await next();
  await page.locator("a[href*='event=']").waitFor();
  await shot("onboarding-5-receipt");
}

async function adminScreens({ page, service, open, signInAs, shot }: Stop): Promise<void> {
  const locked = await customerWithPin(service);
  await lock(service, locked);
  await signInAs("support", true);
  await open("/console/admin");
  await shot("admin-search");
  await page.locator("input[name=by]").nth(1).check();
  await page.locator("form[role=search] .field input").fill(locked);
  await page.locator("form[role=search] button[type=submit]").click();
  await page.getByRole("timer").first().waitFor();
  await shot("admin-customer");
  await page.locator(".pin-card").first().locator(".actions button").last().click();
  await page.locator("dialog[open] button[type=submit]").waitFor();
  await shot("admin-temporary-confirm");
  await page.locator("dialog[open] button[type=submit]").click();
  await page.locator(".temporary-pin").waitFor();
  await shot("admin-temporary-pin");
  await open("/console/admin/actions");
  await page.locator("main table").first().waitFor();
  await shot("admin-actions");
  await open("/console/admin/figures");
  await page.locator(".uplot").first().waitFor();
  await shot("admin-figures");
}

async function auditScreens({ page, service, open, shot }: Stop): Promise<void> {
  await page.context().clearCookies();
  await open("/console/audit");
  await page.locator("a[href*='/console/audit/events/']").first().waitFor();
  await shot("audit-events");
  const { data } = await service.client.GET("/api/ledger/events", {
    params: { query: { type: "pin_set", policy: "fra" } },
  });
  const id = data?.events[0]?.id ?? "";
  await open(`/console/audit/events/${id}`);
  await page.locator("main svg").first().waitFor();
  await shot("audit-event");
  await open("/console/audit/verify");
  await shot("audit-verify");
  await open(`/console/audit/verify?event=${id}`);
  await page.locator(".verdict-verified").waitFor();
  await shot("audit-verified");
  await open("/console/audit/ledger");
  await shot("audit-ledger");
  await open("/console/audit/checkpoints");
  await page.locator("main table").first().waitFor();
  await settled(page);
  await shot("audit-checkpoints");
}

const fields = (page: Page, count: number) =>
  page
    .locator("input[type=password]")
    .nth(count - 1)
    .waitFor();

const settled = (page: Page) => page.waitForLoadState("networkidle");

async function customerWithPin(service: TestService): Promise<string> {
  const account = newAccount();
  const session = await signIn(service, { sub: account });
  await session.post("/api/session/pin", { pin: PIN, confirmation: PIN });
  return account;
}

async function lock(service: TestService, account: string): Promise<void> {
  const session = await signIn(service, { sub: account });
  for (let i = 0; i < 5; i++) await session.post("/api/session/pin/verify", { pin: "0000" });
}

async function temporaryPin(service: TestService, account: string): Promise<string> {
  const admin = await signInAdmin(service);
  const found = await admin.post("/api/admin/subjects/search", { account });
  const { subjectId } = found.body as { subjectId: string };
  const set = await admin.post(`/api/admin/subjects/${subjectId}/temporary-pin`);
  return (set.body as { temporaryPin: string }).temporaryPin;
}

async function stop(service: TestService, look: string, folder: string, only: string) {
  const { page, close } = await visit(LOOKS[look]);
  const open = async (path: string) => {
    await page.goto(service.url + path);
    await page.locator("h1").waitFor();
  };
  return {
    page,
    service,
    open,
    close,
    async signInAs(account: string, admin = false) {
      await page.context().clearCookies();
      await open("/console");
      await page.evaluate(
        (body) =>
          fetch("/console/session", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }).then(() => {}),
        { account, admin },
      );
    },
    async shot(name: string) {
      if (!name.startsWith(only)) return;
      await page.screenshot({
        path: join(folder, `${name}.${look}.png`),
        fullPage: true,
        animations: "disabled",
      });
      process.stderr.write(`${name}.${look}\n`);
    },
  };
}

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "screenshots" },
    only: { type: "string", default: "" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
} else {
  mkdirSync(values.out, { recursive: true });
  const service = await startService();
  try {
    for (const look of Object.keys(LOOKS)) {
      const { close, ...going } = await stop(service, look, values.out, values.only);
      await customerScreens(going);
      await onboardingScreens(going);
      await adminScreens(going);
      await auditScreens(going);
      await close();
    }
    mkdirSync("docs/images", { recursive: true });
    for (const name of IN_README.filter((one) => one.startsWith(values.only))) {
      copyFileSync(join(values.out, `${name}.png`), `docs/images/${name}.png`);
    }
  } finally {
    await closeBrowser();
    await service.close();
  }
}
