/**
 * The whole way in a real browser: from a page of the console, over TLS, to the login of a provider on another site,
 * and back.
 */
import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { accessibilityFaults, closeBrowser, visit } from "../helpers/browser.ts";
import { CLIENT, RESOURCE, startProvider } from "../helpers/open-id.ts";
import type { TestProvider } from "../helpers/open-id.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";
import { startTlsProxy } from "../helpers/tls-proxy.ts";
import type { TlsProxy } from "../helpers/tls-proxy.ts";

const WORDS = {
  "en-GB": {
    signIn: "Sign in",
    signOut: "Sign out",
    close: "Close",
    denied: "You were not signed in",
    unavailable: "cannot be reached",
    not_fresh: "did not confirm",
  },
  "ar-EG": {
    signIn: "تسجيل الدخول",
    signOut: "تسجيل الخروج",
    close: "إغلاق",
    denied: "لم يتم تسجيل دخولك",
    unavailable: "تعذّر الوصول",
    not_fresh: "لم يؤكد مصرفك",
  },
} as const;

describe("Signing in to the console by a provider, in a browser", () => {
  let idp: TestProvider;
  let proxy: TlsProxy;
  let service: TestService;
  before(async () => {
    proxy = await startTlsProxy();
    idp = await startProvider(`${proxy.url}/console/callback`);
    service = await startService({
      JWT_ISSUER: idp.issuer,
      JWT_AUDIENCE: RESOURCE,
      JWT_JWKS_URL: idp.jwksUrl,
      CONSOLE_URL: proxy.url,
      CONSOLE_CLIENT_ID: CLIENT,
      CONSOLE_CLIENT_SECRET: idp.clientSecret,
      CONSOLE_RESOURCE: RESOURCE,
    });
    proxy.target = service.url;
  });
  after(async () => {
    await closeBrowser();
    await service.close();
    await idp.close();
    await proxy.close();
  });

  async function arrive(options: BrowserContextOptions = {}) {
    const visitor = await visit({ ignoreHTTPSErrors: true, ...options });
    // The provider's own pages ask for a font from far away.
    await visitor.page.route("https://fonts.googleapis.com/**", (route) =>
      route.fulfill({ contentType: "text/css", body: "" }),
    );
    const addresses: string[] = [];
    visitor.page.on("framenavigated", (frame) => void addresses.push(frame.url()));
    return { ...visitor, addresses };
  }

  /** On the provider's pages. */
  async function logIn(page: Page, account: string): Promise<void> {
    await page.waitForURL(`${idp.issuer}/**`);
    await page.locator("input[name=login]").fill(account);
    await page.locator("input[name=password]").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
  }
  const consent = (page: Page) => page.getByRole("button", { name: "Continue" }).click();
  const cancel = (page: Page) => page.getByText("[ Cancel ]").click();

  it("ends signed in on the page that was asked for; no script, address or storage ever has the token", async () => {
    const { page, faults, addresses, close } = await arrive();
    await page.goto(`${proxy.url}/console/admin`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await logIn(page, "support");
    await consent(page);
    await page.waitForURL(`${proxy.url}/console/admin`);
    await page.getByRole("button", { name: "Sign out" }).waitFor();

    const cookies = await page.context().cookies(proxy.url);
    expect(cookies.map(({ name }) => name)).to.deep.equal(["__Host-console"]);
    const [cookie] = cookies;
    expect(cookie).to.include({
      httpOnly: true,
      secure: true,
      sameSite: "Strict",
      path: "/",
      domain: "127.0.0.1",
    });
    expect(cookie!.expires * 1000).to.be.within(Date.now() + 800_000, Date.now() + 900_000);
    const answer = await page.evaluate(async () => {
      const response = await fetch("/api/session");
      return { status: response.status, body: (await response.json()) as { next: string } };
    });
    expect(answer).to.have.property("status", 200);
    expect(answer.body.next).to.equal("create_pin");

    const withinReach = await page.evaluate(() =>
      JSON.stringify([
        document.cookie,
        { ...localStorage },
        { ...sessionStorage },
        history.state,
        location.href,
      ]),
    );
    const ours = addresses.filter((address) => address.startsWith(proxy.url)).join("\n");
    for (const part of cookie!.value.split(".")) {
      expect(withinReach).not.to.contain(part);
      expect(ours).not.to.contain(part);
      expect(service.log.join("")).not.to.contain(part);
    }
    expect(ours, "a page whose address has the code").not.to.match(/code=|state=/);
    expect(await accessibilityFaults(page)).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
    await close();
  });

  it("does not ask who is known to the provider, but where that must be fresh", async () => {
    const { page, faults, close } = await arrive();
    await page.goto(`${proxy.url}/console`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await logIn(page, "alice");
    await consent(page);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.goto(`${proxy.url}/console/sign-in?to=/console/audit`);
    await page.waitForURL(`${proxy.url}/console/audit`);
    await page.goto(`${proxy.url}/console/sign-in?to=/console&fresh=1`);
    await logIn(page, "alice");
    await page.waitForURL(`${proxy.url}/console`);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(faults).to.deep.equal([]);
    await close();
  });

  it("is over with signing out, also at the provider where one says so", async () => {
    const { page, faults, close } = await arrive();
    await page.goto(`${proxy.url}/console`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await logIn(page, "leaver");
    await consent(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${idp.issuer}/session/end?*`);
    expect(await page.context().cookies(proxy.url)).to.deep.equal([]);
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await page.waitForURL(`${idp.issuer}/session/end/success*`);
    await page.goto(`${proxy.url}/console`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.locator("input[name=login]").waitFor();
    expect(faults).to.deep.equal([]);
    await close();
  });

  for (const [locale, words] of Object.entries(WORDS)) {
    it(`says in ${locale} what went wrong, once`, async () => {
      const { page, faults, close } = await arrive({ locale });
      await page.goto(`${proxy.url}/console/admin`);
      await page.getByRole("link", { name: words.signIn }).click();
      await logIn(page, "alice");
      await cancel(page);
      await page.getByRole("alert").filter({ hasText: words.denied }).waitFor();
      expect(page.url()).to.equal(`${proxy.url}/console/admin`);
      expect(await accessibilityFaults(page)).to.deep.equal([]);
      await page.reload();
      await page.getByRole("link", { name: words.signIn }).waitFor();
      expect(await page.getByRole("alert").count()).to.equal(0);

      await idp.away();
      await page.getByRole("link", { name: words.signIn }).click();
      // What is known of it is kept, so it is the browser that meets nobody.
      await page.waitForURL("chrome-error://**");
      await idp.back();
      await page.goto(`${proxy.url}/console?signin=unavailable`);
      await page.getByRole("alert").filter({ hasText: words.unavailable }).waitFor();
      await page.getByRole("button", { name: words.close }).click();
      expect(await page.getByRole("alert").count()).to.equal(0);
      expect(faults.filter((fault) => !fault.includes("ERR_CONNECTION_REFUSED"))).to.deep.equal([]);
      await close();
    });

    it(`says in ${locale} above the page of who is signed in that a login was not fresh`, async () => {
      const { page, faults, close } = await arrive({ locale });
      await page.goto(`${proxy.url}/console`);
      await page.getByRole("link", { name: words.signIn }).click();
      await logIn(page, "timeless");
      await consent(page);
      await page.getByRole("button", { name: words.signOut }).waitFor();
      await page.goto(`${proxy.url}/console/sign-in?to=/console/audit&fresh=1`);
      await logIn(page, "timeless");
      await page.getByRole("alert").filter({ hasText: words.not_fresh }).waitFor();
      await page.getByRole("button", { name: words.signOut }).waitFor();
      expect(await accessibilityFaults(page)).to.deep.equal([]);
      expect(faults).to.deep.equal([]);
      await close();
    });
  }

  it("says nothing for what is no code of ours", async () => {
    const { page, faults, close } = await arrive();
    for (const code of ["canary", "__proto__", "constructor", "<b>canary</b>", ""]) {
      await page.goto(`${proxy.url}/console?signin=${encodeURIComponent(code)}`);
      await page.getByRole("link", { name: "Sign in" }).waitFor();
      expect(await page.getByRole("alert").count()).to.equal(0);
      expect(await page.content()).not.to.contain("canary");
      expect(page.url()).to.equal(`${proxy.url}/console`);
    }
    expect(faults).to.deep.equal([]);
    await close();
  });
});
