import { expect } from "chai";
import { toConfig } from "../../server/config/config.ts";
import { ConfigError, readEnv } from "../../server/config/env.ts";
import { loggable } from "../../server/config/loggable.ts";
import { readSecrets } from "../../server/config/secrets.ts";

type Variables = Record<string, string>;

const ISSUER = { JWT_ISSUER: "https://idp.example", JWT_AUDIENCE: "ledger", JWT_SECRET: "s".repeat(32) };
const OPEN_ID = { ...ISSUER, CONSOLE_URL: "https://pin.example.com", CONSOLE_CLIENT_ID: "console" };

const configured = (variables: Variables) => toConfig(readEnv(variables)).console;

const problemsOf = (variables: Variables): string => {
  try {
    configured(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("The console's configuration", () => {
  it("needs nothing in development, and in production is there only when asked for, over TLS", () => {
    expect(configured({})).to.deep.equal({ url: null, secure: false, openId: null });
    expect(configured({ CONSOLE: "false", CONSOLE_URL: "https://pin.example.com/x" })).to.equal(null);
    const production = { PROFILE: "production", CONSOLE: "true" };
    for (const address of [{}, { CONSOLE_URL: "http://pin.example.com" }]) {
      expect(problemsOf({ ...production, ...address })).to.contain("CONSOLE_URL: the console in production");
    }
    const problems = problemsOf({ PROFILE: "production", ...OPEN_ID });
    expect(problems).to.contain("CONSOLE_CLIENT_ID: in production there is a console only with CONSOLE=true");
    expect(problemsOf({ ...production, ...OPEN_ID })).not.to.contain("CONSOLE_");
  });

  it("takes an origin for its address, and gives back no more than that", () => {
    expect(configured({ CONSOLE_URL: "http://LOCALHOST:3001/" })).to.include({
      url: "http://localhost:3001",
      secure: false,
    });
    expect(configured({ CONSOLE_URL: "https://pin.example.com:443" })).to.include({
      url: "https://pin.example.com",
      secure: true,
    });
    for (const rest of ["/console", "/?x", "/?", "/#x"]) {
      expect(problemsOf({ CONSOLE_URL: `https://pin.example.com${rest}` }), rest).to.contain(
        "CONSOLE_URL: scheme",
      );
    }
    expect(problemsOf({ CONSOLE_URL: "https://user:s3cret@pin.example.com" }))
      .to.contain("CONSOLE_URL: scheme")
      .and.not.to.contain("s3cret");
  });

  it("of a provider has what it is asked for, and where it sends people back", () => {
    expect(configured(OPEN_ID)?.openId).to.deep.equal({
      issuer: "https://idp.example",
      clientId: "console",
      scope: "openid",
      resource: null,
      redirectUri: "https://pin.example.com/console/callback",
    });
    const more = { CONSOLE_SCOPE: "openid phone api://ledger/pin", CONSOLE_RESOURCE: "urn:ledger" };
    expect(configured({ ...OPEN_ID, ...more })?.openId).to.include({
      scope: more.CONSOLE_SCOPE,
      resource: more.CONSOLE_RESOURCE,
    });
    for (const scope of ["phone", "openid,phone", "openid  phone", "xopenid", "openid "]) {
      expect(problemsOf({ ...OPEN_ID, CONSOLE_SCOPE: scope }), scope).to.contain("CONSOLE_SCOPE");
    }
    for (const resource of ["ledger", "https://ledger.example/#x"]) {
      expect(problemsOf({ ...OPEN_ID, CONSOLE_RESOURCE: resource }), resource).to.contain("CONSOLE_RESOURCE");
    }
  });

  it("of a provider says what it lacks", () => {
    const { CONSOLE_URL: _, ...homeless } = OPEN_ID;
    expect(problemsOf(homeless)).to.contain("CONSOLE_URL: required with CONSOLE_CLIENT_ID");
    expect(problemsOf({ CONSOLE_URL: OPEN_ID.CONSOLE_URL, CONSOLE_CLIENT_ID: "console" })).to.contain(
      "JWT_ISSUER",
    );
    const { CONSOLE_CLIENT_ID: __, ...anonymous } = OPEN_ID;
    expect(problemsOf(anonymous)).to.equal("");
    expect(configured(anonymous)?.openId).to.equal(null);
    for (const name of ["CONSOLE_CLIENT_SECRET", "CONSOLE_RESOURCE"]) {
      expect(problemsOf({ ...anonymous, [name]: "urn:s3cret" }), name)
        .to.contain(`${name}: means nothing without CONSOLE_CLIENT_ID`)
        .and.not.to.contain("s3cret");
    }
  });

  it("finds a provider only where nobody on the way can be it", () => {
    const issuer = (text: string) => problemsOf({ ...OPEN_ID, JWT_ISSUER: text });
    for (const fine of ["https://idp.example/realms/bank", "https://idp.example/", "http://localhost:8080"]) {
      expect(issuer(fine), fine).to.equal("");
    }
    for (const wrong of [
      "bank",
      "idp.example",
      "http://idp.example",
      "http://localhost.evil.example",
      "https://user:s3cret@idp.example",
      "https://idp.example/?tenant=1",
      "https://idp.example/#x",
      "ftp://localhost",
      "https://",
    ]) {
      expect(issuer(wrong), wrong).to.contain("JWT_ISSUER").and.not.to.contain("s3cret");
    }
  });

  it("keeps the client's secret apart", () => {
    const env = readEnv({ ...OPEN_ID, CONSOLE_CLIENT_SECRET: "s3cret-of-the-client" });
    expect(JSON.stringify(loggable(toConfig(env))))
      .to.contain("pin.example.com")
      .and.not.to.contain("s3cret");
    const given = { PIN_PEPPERS: `p:${"A".repeat(43)}=`, PSEUDONYM_KEY: `${"A".repeat(43)}=` };
    const secrets = readSecrets({ ...env, ...given, LEDGER_SIGNING_KEY: given.PSEUDONYM_KEY });
    expect(secrets.consoleClientSecret).to.equal("s3cret-of-the-client");
  });
});
