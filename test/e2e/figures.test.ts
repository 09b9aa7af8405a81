import { expect } from "chai";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { Schemas } from "../../server/client/index.ts";
import { HOUR, MINUTE, newAccount, signIn, signInAdmin, testClock } from "../helpers/account.ts";
import type { TestClock } from "../helpers/account.ts";
import { newPhone, onboard, requestOtp } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { rpcProxy } from "../helpers/rpc-proxy.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

type Figures = Schemas["SupportFigures"];

/** Ten minutes into an hour, so that a test's own time stays within it. */
function hourClock(): TestClock {
  const clock = testClock();
  clock.pass(HOUR - (clock.now() % HOUR) + 10 * MINUTE);
  return clock;
}

const NOTHING = {
  setUps: 0,
  verifications: { right: 0, wrong: 0, refused: 0 },
  lockouts: 0,
  weakRejections: 0,
  longestAnchorLagMs: null,
};

async function figures(api: TestService, query = ""): Promise<Figures> {
  const admin = await signInAdmin(api);
  const { status, body } = await admin.get(`/api/admin/figures${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as Figures;
}

describe("The figures of the support portal", () => {
  let api: TestService;
  let clock: TestClock;
  beforeEach(async () => {
    clock = hourClock();
    api = await startService({}, { clock });
  });
  afterEach(() => api.close());

  it("are of the last 24 hours of UTC unless told, and empty where nothing happened", async () => {
    const { asOf, hours } = await figures(api);
    expect(Date.parse(asOf)).to.equal(clock.now());
    expect(hours).to.have.length(24);
    expect(hours.at(-1)?.start).to.equal(new Date(clock.now() - 10 * MINUTE).toISOString());
    for (const { start, ...hour } of hours) {
      expect(start).to.match(/:00:00\.000Z$/);
      expect(hour).to.deep.equal(NOTHING);
    }
    for (const count of [1, 168]) expect((await figures(api, `?hours=${count}`)).hours).to.have.length(count);
  });

  it("count what happened, in the hour in which it did, under all three policies", async () => {
    const me = await signIn(api, { sub: newAccount() });
    const verify = (pin: string) => me.post("/api/session/pin/verify", { pin });
    await onboard(api, newPhone());
    await me.post("/api/v1/pin", { pin: "123987" });
    await me.post("/api/session/pin", { pin: "4711", confirmation: "4711" });
    await verify("4711");
    await verify("4712");
    // Guesses, but no verifications; the fifth wrong one in a row locks.
    for (let i = 0; i < 4; i++) {
      const pins = { currentPin: "4712", newPin: "1357", confirmation: "1357" };
      await me.post("/api/session/pin/change", pins);
    }
    await verify("4711");
    clock.pass(HOUR);
    await verify("4711");

    const { hours } = await figures(api, "?hours=3");
    const [before, then, now] = hours.map(({ start: _, longestAnchorLagMs: __, ...hour }) => hour);
    const { longestAnchorLagMs: _, ...nothing } = NOTHING;
    expect(before).to.deep.equal(nothing);
    expect(then).to.deep.equal({
      setUps: 3,
      verifications: { right: 1, wrong: 1, refused: 1 },
      lockouts: 1,
      weakRejections: 0,
    });
    expect(now).to.deep.equal({ ...nothing, verifications: { right: 1, wrong: 0, refused: 0 } });
    expect(hours.map(({ longestAnchorLagMs }) => longestAnchorLagMs)).to.deep.equal([null, 0, 0]);
  });

  it("are numbers and nothing else: of nobody, and of no event", async () => {
    const [sub, phone] = [newAccount(), newPhone()];
    await onboard(api, phone);
    await (await signIn(api, { sub })).post("/api/session/pin", { pin: "4711", confirmation: "4711" });
    const told = await figures(api, "?hours=1");
    expect(told).to.have.all.keys("asOf", "hours");
    expect(told.hours[0]).to.have.all.keys("start", ...Object.keys(NOTHING));
    expect(JSON.stringify(told)).not.to.match(/0x|identity|subject|account|phone|\+20/i);
  });

  it("count weak PINs that were refused, which have no event, also across a restart", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "pin_set");
    for (const pin of ["000000", "123456"]) {
      const refused = await api.post("/api/pin/set", { pin, phoneNumber: phone, otp });
      expect(refused.body.code).to.equal("FRA_WEAK_PIN_REJECTED");
    }
    expect((await figures(api, "?hours=1")).hours[0]?.weakRejections).to.equal(2);
    await api.post("/api/pin/set", { pin: "111111", phoneNumber: phone, otp });
    await api.service.close();
    clock.pass(HOUR);
    const again = await startService({}, { clock, dataDir: api.dataDir });
    try {
      const { hours } = await figures(again, "?hours=2");
      expect(hours.map(({ weakRejections }) => weakRejections)).to.deep.equal([3, 0]);
    } finally {
      await again.close();
    }
  });

  it("are for administrators", async () => {
    const me = await signIn(api, { sub: newAccount() });
    expect((await me.get("/api/admin/figures")).body).to.include({ status: 403, code: "FORBIDDEN" });
    expect((await api.get("/api/admin/figures")).body).to.include({ status: 401, code: "UNAUTHENTICATED" });
  });

  it("are for 1 to 168 hours, spelled as a number is", async () => {
    const admin = await signInAdmin(api);
    for (const query of ["hours=0", "hours=169", "hours=-1", "hours=1.5", "hours=01", "hours=", "days=1"]) {
      const { body } = await admin.get(`/api/admin/figures?${query}`);
      expect(body, query).to.include({ status: 400, code: "VALIDATION_ERROR" });
    }
  });
});

describe("The figures of a service whose chain is away", () => {
  it("tell how long events wait for a block, and how long they did once it is back", async () => {
    const clock = hourClock();
    const chain = await startEmbeddedChain({ port: 0, startedAt: clock.now() });
    const proxy = await rpcProxy(chain.url);
    const api = await startService(
      {
        CHAIN_RPC_URL: proxy.url,
        CONTRACT_ADDRESS: chain.contract,
        RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
        ANCHOR_WAIT_MS: "0",
      },
      { clock },
    );
    const longest = async () => (await figures(api, "?hours=1")).hours[0]?.longestAnchorLagMs;
    try {
      proxy.up = false;
      const me = await signIn(api, { sub: newAccount() });
      await me.post("/api/session/pin", { pin: "4711", confirmation: "4711" });
      clock.pass(20 * MINUTE);
      expect(await longest()).to.equal(20 * MINUTE);
      proxy.up = true;
      await eventually(
        async () => (await api.get("/metrics")).body.includes("identity_ledger_anchor_backlog 0"),
        "the event is in a block",
      );
      clock.pass(10 * MINUTE);
      expect(await longest(), "it waits no longer").to.equal(20 * MINUTE);
    } finally {
      await api.close();
      await proxy.close();
      await chain.close();
    }
  });
});
