import { expect } from "chai";
import { MINUTE, SECOND, isoInstant } from "../../server/domain/time.ts";
import { START, World } from "../audit/replay/world.ts";

const PIN = "839271";
const ALL = ["consent", "pin_set", "pin_verify"] as const;

describe("An attempt that nobody settles", () => {
  let world: World;
  const caller = () => ({ phone: world.phone(1), device: {} });
  const code = () => world.codes.get(world.phone(1))!;
  const verify = (pin = PIN) => world.services.verification.verify(caller(), pin, undefined, null);
  const outcomes = async () =>
    (await world.payloads()).map((payload) => ({
      type: payload?.["type"],
      ...(payload?.["outcome"] as object),
    }));
  const last = async () => (await outcomes()).at(-1) as Record<string, unknown>;

  beforeEach(async () => {
    world = await World.create();
    const { otp, consent, binding } = world.services;
    await otp.request(caller(), ALL, null);
    const terms = { purpose: "pin_set", documentVersion: "1", documentHash: `0x${"ab".repeat(32)}` } as const;
    await consent.grant(caller(), code(), { ...terms, expiresAt: null }, null);
    await world.finish(() => binding.set(caller(), PIN, code(), null));
  });
  afterEach(() => world.close());

  it("is in the ledger after the next start, counted as failed, once nobody can be at work on it", async () => {
    await world.run(() => verify());
    const before = (await outcomes()).length;
    world.now += MINUTE - 1;
    await world.restart(true);
    expect(await outcomes(), "it may be another process's").to.have.length(before);
    world.now += 1;
    await world.restart(true);
    expect(await last()).to.deep.equal({
      type: "attempt_abandoned",
      result: "abandoned",
      attempt: 1,
      reservedAt: isoInstant(START),
      reserved: 1,
      failures: 1,
      lockedUntil: null,
      disabledAt: null,
      open: [],
    });
    const { length } = await outcomes();
    await world.restart(true);
    expect(await outcomes(), "once").to.have.length(length);
  });

  it("is not dated before it began, though the clock was set back", async () => {
    world.now += 10 * SECOND;
    await world.run(() => verify());
    world.now = START + MINUTE;
    // The ledger's time is ahead of the clock, so the attempt is not old enough before the ledger says so.
    await world.restart(true);
    expect((await world.payloads()).at(-1)).not.to.include({ type: "attempt_abandoned" });
    world.now = START + 10 * SECOND + MINUTE;
    await world.restart(true);
    expect((await world.payloads()).at(-1)).to.include({
      timestamp: isoInstant(START + 10 * SECOND + MINUTE),
    });
  });

  it("is written off before the next guess, where the database was lost in the middle", async () => {
    await world.run(() => verify());
    await world.release(0, "lost");
    world.now += MINUTE;
    await world.finish(() => verify());
    const [abandoned, verified] = (await outcomes()).slice(-2);
    expect(abandoned).to.include({ type: "attempt_abandoned", attempt: 1, reserved: 1 });
    expect(verified).to.include({ type: "pin_verify", result: "valid", attempt: 2, reserved: 2 });
  });

  it("is left alone while its hash may still end", async () => {
    await world.run(() => verify());
    world.now += MINUTE - 1;
    await world.run(() => verify("111222"));
    await world.release(1);
    expect(await last()).to.deep.include({
      result: "invalid",
      attempt: 2,
      open: [{ attempt: 1, reservedAt: isoInstant(START) }],
    });
    await world.release(0);
    expect(await last()).to.deep.include({ result: "valid", attempt: 1, open: [] });
  });

  it("lets nobody in who settles it after all, and costs another attempt", async () => {
    await world.run(() => verify());
    world.now += MINUTE;
    await world.restart(false);
    await world.release(0);
    expect(await last()).to.include({ type: "pin_verify", result: "invalid", attempt: 2, failures: 2 });
  });

  it("does not follow a person who was erased meanwhile, even if hashing fails", async () => {
    for (let i = 0; i < 3; i++) await world.finish(() => verify("111222"));
    await world.run(() => verify());
    await world.services.erasure.erase(caller(), null);
    await world.release(0, "failed");
    expect(await last()).to.include({ type: "pin_verify", result: "error", attempt: 1, failures: 1 });
  });

  it("does not forgive wrong codes that a proof without an event came after", async () => {
    const { otp, binding, verification } = world.services;
    await verification.exists(caller(), "000000", null).catch(() => {});
    // A PIN is set already, so this right code proves the phone, and changes nothing.
    world.now += SECOND;
    await otp.request(caller(), ["pin_set"], null);
    await world.finish(() => binding.set(caller(), PIN, code(), null));
    await otp.request(caller(), ["pin_verify"], null);
    await verification.exists(caller(), "000000", null).catch(() => {});
    expect(await last()).to.include({ type: "otp_failure", attempt: 2, failures: 2 });
    await verification.exists(caller(), code(), null);
    expect(await last()).to.include({ type: "pin_check", exists: true, wrongCodes: 2 });
  });
});
