import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toConfig } from "../../server/config/config.ts";
import { ConfigError, ENV, describeEnv, readEnv } from "../../server/config/env.ts";
import { loggable, loggableChainUrl } from "../../server/config/loggable.ts";
import { readSecrets } from "../../server/config/secrets.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const PRODUCTION = {
  PROFILE: "production",
  CHAIN_RPC_URL: "https://rpc.example",
  CONTRACT_ADDRESS: `0x${"ab".repeat(20)}`,
  RELAYER_PRIVATE_KEY: `0x${"cd".repeat(32)}`,
  PIN_PEPPERS: `p1:${KEY}`,
  PSEUDONYM_KEY: KEY,
  LEDGER_SIGNING_KEY: KEY,
  API_KEYS: `bank:pin:${"0".repeat(64)}`,
  OTP_TRANSPORT: "webhook",
  OTP_WEBHOOK_URL: "https://sms.example",
  OTP_WEBHOOK_SECRET: `whsec_${KEY}`,
};

const ISSUER = { JWT_ISSUER: "https://idp.example", JWT_AUDIENCE: "ledger" };

const problemsOf = (variables: Record<string, string>): string => {
  try {
    toConfig(readEnv(variables));
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("The configuration", () => {
  it("needs nothing", () => {
    const config = toConfig(readEnv({}));
    expect(config).to.deep.include({ profile: "development", listen: { host: "127.0.0.1", port: 3001 } });
    expect(config.chain).to.include({ kind: "embedded", port: 8545 });
    expect(config.argon2).to.include({ memory: 65_536, time: 3, parallelism: 1 });
  });

  it("is frozen, and holds no secret, so that it can be logged", () => {
    const config = toConfig(readEnv(PRODUCTION));
    expect(() => ((config.listen as { port: number }).port = 1)).to.throw(TypeError);
    const issuer = { ...ISSUER, JWT_SECRET: "shared-with-the-issuer-for-tokens" };
    const text = JSON.stringify([config, toConfig(readEnv(issuer))]);
    for (const secret of [
      KEY,
      issuer.JWT_SECRET,
      PRODUCTION.RELAYER_PRIVATE_KEY,
      PRODUCTION.API_KEYS,
      PRODUCTION.OTP_WEBHOOK_SECRET,
    ]) {
      expect(text).not.to.contain(secret);
    }
  });

  it("of the production profile is refused without any one of what development makes up", () => {
    expect(problemsOf(PRODUCTION)).to.equal("");
    for (const name of Object.keys(PRODUCTION).filter((one) => one !== "PROFILE")) {
      const { [name]: _, ...rest } = PRODUCTION as Record<string, string>;
      expect(problemsOf(rest), name).to.contain(name);
    }
  });

  it("names every wrong variable at once, and shows no value", () => {
    const wrong = {
      PORT: "abc",
      DATABASE_URL: "mysql://secret@host",
      RELAYER_PRIVATE_KEY: "0xsecret",
      ANCHOR_REQUIRED: "yes",
    };
    const problems = problemsOf(wrong);
    for (const name of Object.keys(wrong)) expect(problems).to.contain(name);
    expect(problems).not.to.contain("secret");
  });

  it("refuses hashing below OWASP's floor, but for tests", () => {
    expect(problemsOf({ ARGON2_MEMORY_KIB: "19455" })).to.contain("OWASP");
    expect(problemsOf({ ARGON2_TIME: "1" })).to.contain("OWASP");
    expect(problemsOf({ ARGON2_MEMORY_KIB: "19456", ARGON2_TIME: "2" })).to.equal("");
    expect(problemsOf({ PROFILE: "test", ARGON2_MEMORY_KIB: "64", ARGON2_TIME: "1" })).to.equal("");
  });

  it("is logged without the passwords and keys that addresses carry", () => {
    const config = toConfig(
      readEnv({
        ...PRODUCTION,
        DATABASE_URL: "postgres://ledger:s3cret@db.example:5433/ledger?sslkey=s3cret",
        CHAIN_RPC_URL: "https://user:s3cret@rpc.example/v2/s3cret?key=s3cret",
        OTP_WEBHOOK_URL: "https://sms.example/s3cret",
        ...ISSUER,
        JWT_JWKS_URL: "https://idp.example/s3cret?key=s3cret",
      }),
    );
    const shown = loggable(config);
    expect(JSON.stringify(shown)).not.to.contain("s3cret");
    expect(shown.database).to.equal("postgres://db.example:5433/ledger");
    expect(shown.chain).to.include({ rpcUrl: "https://rpc.example" });
    expect(shown.otp).to.include({ url: "https://sms.example" });
    expect(loggableChainUrl(config, "https://rpc.example/v2/s3cret")).to.equal("https://rpc.example");
    const development = toConfig(readEnv({}));
    expect(loggable(development).database).to.equal("sqlite:./data/ledger.db");
    expect(loggableChainUrl(development, "http://127.0.0.1:8545/")).to.equal("http://127.0.0.1:8545/");
  });

  it("shows nothing of a database address whose password is not escaped", () => {
    for (const password of ["12/s3cret", "12?s3cret", "12#s3cret", "s3cret/x", "s3cret#x"]) {
      const config = toConfig(readEnv({ DATABASE_URL: `postgres://ledger:${password}@db.example/ledger` }));
      expect(loggable(config).database, password).to.equal("postgres:");
    }
  });

  it("believes in X-Forwarded-For only load balancers that it names", () => {
    const trusted = (list: string) => toConfig(readEnv({ TRUST_PROXY: list })).trustProxy;
    expect(toConfig(readEnv({})).trustProxy).to.deep.equal([]);
    expect(trusted("false")).to.deep.equal([]);
    expect(trusted("10.0.0.0/8, 192.0.2.7,fd00::/8")).to.deep.equal(["10.0.0.0/8", "192.0.2.7", "fd00::/8"]);
    for (const wrong of ["true", "1", "10.0.0.0/33", "0.0.0.0/0", "proxy.example", "10.0.0.1,"]) {
      expect(problemsOf({ TRUST_PROXY: wrong }), wrong).to.contain("TRUST_PROXY");
    }
  });

  it("believes a built-in issuer of tokens in development only, and never beside another", () => {
    const keys = (variables: Record<string, string>) => toConfig(readEnv(variables)).primaryAuth?.keys.kind;
    expect(keys({})).to.equal("development");
    expect(keys({ PROFILE: "test" })).to.equal("development");
    expect(toConfig(readEnv(PRODUCTION)).primaryAuth).to.equal(null);
    const secret = { JWT_SECRET: "s".repeat(32) };
    expect(keys({ ...ISSUER, ...secret })).to.equal("secret");
    expect(keys({ ...ISSUER, JWT_JWKS_URL: "https://idp.example/keys" })).to.equal("jwks");
    for (const part of [...Object.entries(ISSUER), ["JWT_ALGORITHMS", "RS256"]] as [string, string][]) {
      expect(problemsOf({ [part[0]]: part[1] }), part[0]).to.contain("JWT_JWKS_URL, JWT_SECRET: exactly one");
    }
    for (const [given, missing] of [
      ["JWT_ISSUER", "JWT_AUDIENCE"],
      ["JWT_AUDIENCE", "JWT_ISSUER"],
    ] as const) {
      expect(problemsOf({ ...secret, [given]: ISSUER[given] })).to.contain(`${missing}: required`);
    }
  });

  it("never allows shared secrets and published keys at once", () => {
    const jwks = { ...ISSUER, JWT_JWKS_URL: "https://idp.example/keys" };
    const secret = { ...ISSUER, JWT_SECRET: "s".repeat(32) };
    const algorithms = (variables: Record<string, string>) =>
      toConfig(readEnv(variables)).primaryAuth?.algorithms;
    expect(algorithms(jwks)).to.deep.equal(["ES256", "EdDSA", "RS256", "PS256"]);
    expect(algorithms(secret)).to.deep.equal(["HS256"]);
    expect(algorithms({ ...jwks, JWT_ALGORITHMS: "ES384,RS512" })).to.deep.equal(["ES384", "RS512"]);
    expect(problemsOf({ ...jwks, ...secret })).to.contain("exactly one");
    for (const wrong of ["HS256", "ES256,HS256", "none", "RS256,none", "rs256", "RS1"]) {
      expect(problemsOf({ ...jwks, JWT_ALGORITHMS: wrong }), wrong).to.contain("JWT_ALGORITHMS");
    }
    for (const wrong of ["RS256", "HS256,ES256", "none", "HS512"]) {
      expect(problemsOf({ ...secret, JWT_ALGORITHMS: wrong }), wrong).to.contain("JWT_ALGORITHMS");
    }
  });

  it("takes no secret that could be guessed or may be public, and no keys that could be changed on the way", () => {
    for (const wrong of ["s".repeat(31), "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ"]) {
      const problems = problemsOf({ ...ISSUER, JWT_SECRET: wrong });
      expect(problems).to.contain("JWT_SECRET");
      expect(problems).not.to.contain(wrong);
    }
    expect(problemsOf({ ...ISSUER, JWT_SECRET: "ä".repeat(16) }), "32 bytes").to.equal("");
    const url = (text: string) => problemsOf({ ...ISSUER, JWT_JWKS_URL: text });
    for (const fine of [
      "https://idp.example/k",
      "http://127.0.0.1:8080/k",
      "http://localhost/k",
      "http://[::1]/k",
    ])
      expect(url(fine), fine).to.equal("");
    for (const wrong of [
      "http://idp.example/k",
      "http://127.evil.example/k",
      "http://localhost.evil.example/k",
      "https://user:s3cret@idp.example/k",
      "file:///etc/keys",
    ]) {
      expect(url(wrong), wrong).to.contain("JWT_JWKS_URL");
      expect(url(wrong)).not.to.contain("s3cret");
    }
  });

  it("takes for final what the chain says, or a depth; at once only on the embedded chain", () => {
    const { PROFILE: _, ...external } = PRODUCTION;
    const finality = (variables: Record<string, string>) => toConfig(readEnv(variables)).anchor.finality;
    expect(finality({})).to.equal(1);
    expect(finality(external)).to.equal("auto");
    expect(finality({ ...external, ANCHOR_CONFIRMATIONS: "finalized" })).to.equal("finalized");
    expect(finality({ ...external, ANCHOR_CONFIRMATIONS: "12" })).to.equal(12);
    for (const wrong of ["0", "soon", "-1", "1.5"]) {
      expect(problemsOf({ ANCHOR_CONFIRMATIONS: wrong })).to.match(/ANCHOR_CONFIRMATIONS: expected/);
    }
  });

  it("takes an empty variable for one that is not set", () => {
    expect(toConfig(readEnv({ PORT: "", CHAIN_RPC_URL: "" })).listen.port).to.equal(3001);
  });

  it("describes every variable", () => {
    for (const name of Object.keys(ENV)) expect(describeEnv()).to.match(new RegExp(`^  ${name} +\\S`, "m"));
  });
});

describe("Secrets that are not given", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it("are generated once, readable by their owner only, and the same at the next start", () => {
    const env = readEnv({ DATA_DIR: join(dataDir, "new") });
    const first = readSecrets(env);
    expect(statSync(join(dataDir, "new", "secrets.json")).mode & 0o777).to.equal(0o600);
    expect(readSecrets(env)).to.deep.equal(first);
    expect(first.generated).to.deep.equal(["PIN_PEPPERS", "PSEUDONYM_KEY", "LEDGER_SIGNING_KEY"]);
  });

  it("of the built-in issuer are generated only where it is in use", () => {
    const key = (variables: Record<string, string>) =>
      readSecrets(readEnv({ DATA_DIR: dataDir, ...variables })).devIssuerKey;
    for (const variables of [PRODUCTION, { ...ISSUER, JWT_SECRET: "s".repeat(32) }]) {
      expect(key(variables)).to.equal(null);
      expect(existsSync(join(dataDir, "dev-issuer.json"))).to.equal(false);
    }
    const made = key({});
    expect(made).to.have.length(32);
    expect(statSync(join(dataDir, "dev-issuer.json")).mode & 0o777).to.equal(0o600);
    expect(key({})).to.deep.equal(made);
    writeFileSync(join(dataDir, "dev-issuer.json"), '{"DEV_ISSUER_KEY":"AA=="}');
    expect(() => key({})).to.throw(ConfigError, /dev-issuer.json: damaged/);
  });

  it("are not silently made anew when their file is damaged", () => {
    writeFileSync(join(dataDir, "secrets.json"), '{"PIN_PEPPERS":');
    expect(() => readSecrets(readEnv({ DATA_DIR: dataDir }))).to.throw(ConfigError, /damaged/);
  });

  it("give way to the environment, one by one", () => {
    const secrets = readSecrets(readEnv({ DATA_DIR: dataDir, PSEUDONYM_KEY: KEY }));
    expect(Buffer.from(secrets.pseudonymKey).toString("base64")).to.equal(KEY);
    expect(secrets.generated).to.deep.equal(["PIN_PEPPERS", "LEDGER_SIGNING_KEY"]);
  });

  it("of API keys name known scopes and clients that no stranger could be taken for", () => {
    const hash = "ab".repeat(32);
    const read = (entry: string) => readSecrets(readEnv({ DATA_DIR: dataDir, API_KEYS: `${entry}:${hash}` }));
    expect(read("bank:pin+audit").apiKeys[0]?.scopes).to.deep.equal(["pin", "audit"]);
    for (const entry of ["bank:pin+aduit", "bank:pin+", "anonymous:pin", "none:pin"]) {
      const client = entry.split(":")[0] as string;
      expect(() => read(entry), entry)
        .to.throw(ConfigError, new RegExp(`API_KEYS: .*\\b${client}\\b`))
        .with.property("message")
        .that.does.not.contain(hash);
    }
  });

  it("of peppers keep their order, newest first, and none may be given twice", () => {
    const other = Buffer.alloc(32, 8).toString("base64");
    const read = (peppers: string) => readSecrets(readEnv({ DATA_DIR: dataDir, PIN_PEPPERS: peppers }));
    expect([...read(`p2:${other},p1:${KEY}`).peppers.keys()]).to.deep.equal(["p2", "p1"]);
    expect(() => read(`p1:${other},p1:${KEY}`)).to.throw(ConfigError, /twice/);
    expect(() => read("p1:AAAA")).to.throw(ConfigError, /fewer than 16 bytes/);
  });
});
