import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { MINUTE, testClock } from "../../helpers/account.ts";
import type { TestClock } from "../../helpers/account.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { CLIENT, RESOURCE, startProvider } from "../../helpers/open-id.ts";
import type { TestProvider } from "../../helpers/open-id.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { startTlsProxy } from "../../helpers/tls-proxy.ts";
import type { TlsProxy } from "../../helpers/tls-proxy.ts";
import { ENGLISH, customer } from "./steps.ts";

describe("At the console, behind the bank's own login,", () => {
  let idp: TestProvider;
  let proxy: TlsProxy;
  let service: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    proxy = await startTlsProxy();
    idp = await startProvider(`${proxy.url}/console/callback`);
    service = await startService(
      {
        JWT_ISSUER: idp.issuer,
        JWT_AUDIENCE: RESOURCE,
        JWT_JWKS_URL: idp.jwksUrl,
        CONSOLE_URL: proxy.url,
        CONSOLE_CLIENT_ID: CLIENT,
        CONSOLE_CLIENT_SECRET: idp.clientSecret,
        CONSOLE_RESOURCE: RESOURCE,
      },
      { clock },
    );
    proxy.target = service.url;
  });
  after(async () => {
    await closeBrowser();
    await service.close();
    await idp.close();
    await proxy.close();
  });

  it("a forgotten PIN takes a login there anew, whose way back ends at the form", async function () {
    this.timeout(60_000);
    const me = await customer({ ...service, url: proxy.url }, ENGLISH, { ignoreHTTPSErrors: true });
    const { page } = me;
    // The provider's own pages ask for a font from far away.
    await page.route("https://fonts.googleapis.com/**", (route) =>
      route.fulfill({ contentType: "text/css", body: "" }),
    );
    const logIn = async () => {
      await page.waitForURL(`${idp.issuer}/**`);
      await page.locator("input[name=login]").fill("mona");
      await page.locator("input[name=password]").fill("any");
      await page.getByRole("button", { name: "Sign-in" }).click();
    };
    await me.open("/console");
    await me.follow("Sign in");
    await logIn();
    await page.getByRole("button", { name: "Continue" }).click();
    await me.choose("4711");
    await me.sees(en.home.title);

    await me.open("/console/forgot");
    clock.pass(6 * MINUTE);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.forgot.signInTitle);
    // The provider's clock is the machine's.
    clock.pass(-6 * MINUTE);
    await me.follow("Sign in");
    await logIn();
    await me.sees(en.forgot.title);
    expect(page.url()).to.equal(`${proxy.url}/console/forgot`);
    await me.choose("0815", "0815", en.forgot.save);
    await me.sees(en.home.title);
    await me.reads(en.home.done.reset);
    await me.leave();
  });
});
