/** Random histories: what customers, guessers, clerks and crashes do to three phones. */
import fc from "fast-check";
import { DAY, HOUR, MINUTE, SECOND } from "../../../server/domain/time.ts";
import type { OtpPurpose } from "../../../server/domain/otp.ts";
import { LEGACY_PIN, World } from "./world.ts";
import type { Payload } from "./world.ts";

export const PINS = ["839271", LEGACY_PIN, "518264"];
const DOCUMENT_HASH = `0x${"ab".repeat(32)}`;

export interface Step {
  readonly kind: keyof typeof STEPS;
  readonly who: number;
  readonly pick: number;
}

const STEPS = {
  onboard: 6,
  requestAll: 4,
  requestOne: 3,
  consent: 5,
  briefConsent: 1,
  revoke: 1,
  set: 6,
  reset: 4,
  verify: 14,
  siege: 2,
  wearOut: 1,
  heal: 3,
  verifyWithCode: 3,
  change: 3,
  check: 1,
  standardSet: 4,
  standardVerify: 5,
  standardRemove: 1,
  sessionCreate: 4,
  sessionVerify: 6,
  sessionChange: 2,
  sessionReset: 4,
  accountSiege: 2,
  adminReset: 1,
  adminUnlock: 3,
  adminTemporary: 2,
  temporaryUsed: 3,
  wrongCodes: 3,
  importPin: 2,
  erase: 1,
  release: 16,
  fail: 2,
  lose: 1,
  tick: 6,
  wait: 4,
  crash: 1,
  secondProcess: 1,
} as const;

export const history = (length: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        ...Object.entries(STEPS).map(([kind, weight]) => ({
          weight,
          arbitrary: fc.constant(kind as Step["kind"]),
        })),
      ),
      who: fc.nat(2),
      pick: fc.nat(999),
    }),
    { minLength: 1, maxLength: length, size: "max" },
  );

const ALL: OtpPurpose[] = ["consent", "consent_revoke", "pin_set", "pin_reset", "pin_verify"];
const WAITS = [MINUTE, 5 * MINUTE, 16 * MINUTE, HOUR, 2 * HOUR, DAY];

export async function play(steps: readonly Step[]): Promise<(Payload | null)[]> {
  const world = await World.create();
  try {
    for (const step of steps) await take(world, step);
    return await world.payloads();
  } finally {
    await world.close();
  }
}

async function take(world: World, { kind, who, pick }: Step): Promise<void> {
  const { otp, consent, binding, verification, erasure, standard, session, admin } = world.services;
  const phone = world.phone(who);
  const caller = { phone, device: pick % 2 === 0 ? { deviceId: "d" } : {} };
  // Mostly the right code and the PIN that is most likely set.
  const code = pick % 7 === 0 ? "000000" : (world.codes.get(phone) ?? "000000");
  const pin = PINS[pick % 8 < 5 ? 0 : pick % 3]!;
  const run = (work: () => Promise<unknown>) => world.run(work);
  const terms = { purpose: "pin_set", documentVersion: "1", documentHash: DOCUMENT_HASH } as const;

  const account = {
    account: `account-${who}`,
    sessionId: `session-${pick % 2}`,
    authTime: pick % 2 === 0 ? world.now - MINUTE : null,
    phone: who === 2 ? null : phone,
    device: {},
  };
  const digits = pick % 8 < 6 ? "1357" : "9753";
  const support = { account: "support" };
  const policy = pick % 2 === 0 ? ("standard" as const) : ("session" as const);
  /** Found first, and set then: an operation takes its place among the hashes when it begins. */
  const temporary = async () => {
    const identityHash = await identity().catch(() => `0x${"00".repeat(32)}`);
    return () => admin.setTemporary(support, identityHash, "9753", null, () => {});
  };
  const identity = async () => (await admin.search(support, { account: account.account }, null)).identityHash;

  switch (kind) {
    case "onboard":
      await run(() => otp.request(caller, ALL, null));
      await run(() => consent.grant(caller, world.codes.get(phone)!, { ...terms, expiresAt: null }, null));
      await run(() => binding.set(caller, PINS[0]!, world.codes.get(phone)!, null));
      return pick % 3 === 0 ? undefined : world.releaseAll();
    case "requestAll":
      return run(() => otp.request(caller, ALL, null));
    case "requestOne":
      return run(() => otp.request(caller, [ALL[pick % ALL.length]!], null));
    case "consent":
      return run(() => consent.grant(caller, code, { ...terms, expiresAt: null }, null));
    case "briefConsent":
      return run(() => consent.grant(caller, code, { ...terms, expiresAt: world.now + 10 * MINUTE }, null));
    case "revoke": {
      const listed = await consent.list(phone);
      const id = listed?.consents[pick % listed.consents.length]?.id ?? DOCUMENT_HASH;
      return run(() => consent.revoke(caller, id, pick % 2 === 0 ? undefined : code, null));
    }
    case "set":
      return run(() => binding.set(caller, pin, code, null));
    case "reset":
      return run(() => binding.reset(caller, pin, code, null));
    case "verify":
      return run(() => verification.verify(caller, pin, undefined, null));
    case "siege":
      for (let guess = 0; guess < 3 + (pick % 5); guess++) {
        await run(() => verification.verify(caller, "111222", undefined, null));
        if (pick % 2 === 0) await world.release(world.parked.length - 1);
      }
      return;
    case "heal":
      for (let guess = 0; guess < 6; guess++) {
        await world.finish(() => verification.verify(caller, "111222", undefined, null));
      }
      await run(() => otp.request(caller, ["pin_reset"], null));
      await world.finish(() => binding.reset(caller, PINS[0]!, world.codes.get(phone) ?? code, null));
      return world.finish(() => verification.verify(caller, pin, undefined, null));
    case "wearOut":
      for (let guess = 0; guess < 52; guess++) {
        await run(() => verification.verify(caller, "111222", undefined, null));
        await world.releaseAll();
        world.now += DAY;
      }
      return;
    case "verifyWithCode":
      return run(() => verification.verify(caller, pin, code, null));
    case "change": {
      const next = pin === PINS[0] ? PINS[2]! : PINS[0]!;
      return run(() => verification.change(caller, { current: pin, next }, undefined, null));
    }
    case "check":
      return run(() => verification.exists(caller, pick % 2 === 0 ? undefined : code, null));
    case "standardSet":
      return run(() => standard.set(account, { pin: digits }, pick % 3 === 0 ? { pin: "1357" } : {}, null));
    case "standardVerify":
      return run(() => standard.verify(account, { pin: digits }, null));
    case "standardRemove":
      return run(() => standard.remove(account, pick % 3 === 0 ? { pin: digits } : {}, null));
    case "sessionCreate":
      return run(() => session.create(account, { pin: "1357", confirmation: "1357" }, null));
    case "sessionVerify":
      return run(() => session.verify(account, digits, null));
    case "sessionChange":
      return run(() =>
        session.change(
          account,
          pick % 2 === 0 ? digits : undefined,
          { pin: "1357", confirmation: "1357" },
          null,
        ),
      );
    case "sessionReset":
      return run(() => session.reset(account, { pin: digits, confirmation: digits }, null));
    case "accountSiege":
      for (let guess = 0; guess < 6; guess++) {
        if (pick % 2 === 0) await run(() => standard.verify(account, { pin: "0000" }, null));
        else await run(() => session.verify(account, "0000", null));
        if (pick % 3 > 0) await world.releaseAll();
      }
      return;
    case "adminReset":
      return run(async () => admin.reset(support, { identityHash: await identity(), policy }, null));
    case "adminUnlock":
      return run(async () => admin.unlock(support, { identityHash: await identity(), policy }, null));
    case "adminTemporary":
      return run(await temporary());
    case "temporaryUsed":
      await world.finish(await temporary());
      await world.finish(() => session.verify(account, "9753", null));
      return run(() => session.change(account, undefined, { pin: "1357", confirmation: "1357" }, null));
    case "wrongCodes":
      for (let tries = 0; tries < 1 + (pick % 4); tries++) {
        await run(() => verification.exists(caller, "000000", null));
      }
      return;
    case "importPin":
      return run(() => world.importPin(phone));
    case "erase":
      return run(() => erasure.erase(caller, null));
    case "release":
      return world.parked.length > 0 ? world.release(pick) : undefined;
    case "fail":
      return world.parked.length > 0 ? world.release(pick, "failed") : undefined;
    case "lose":
      return world.parked.length > 0 ? world.release(pick, "lost") : undefined;
    case "tick":
      world.now += pick % 3 === 0 ? 1 : (pick % 40) * SECOND;
      return;
    case "wait":
      // Nobody hashes for an hour: what is under way ends first, or is lost.
      if (pick % 4 > 0) await world.releaseAll();
      world.now += WAITS[pick % WAITS.length]!;
      return;
    case "crash":
      // Whoever restarts may find the clock behind.
      world.now -= (pick % 3) * 2 * SECOND;
      return world.restart(true);
    case "secondProcess":
      return world.restart(false);
  }
}
