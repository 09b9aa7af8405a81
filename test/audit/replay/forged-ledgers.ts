/** A small genuine ledger and three forged ones, as payloads in order: for whoever must show that replay names them. */
import type { FindingCode } from "../../../server/audit/replay/index.ts";
import { forge } from "./forgeries.ts";
import { World } from "./world.ts";
import type { Payload } from "./world.ts";

export interface ForgedLedger {
  readonly name: string;
  readonly payloads: readonly Payload[];
  /** Where replay must name it, and as what. */
  readonly index: number;
  readonly codes: readonly FindingCode[];
}

/** Two customers: one is guessed at until the PIN locks; the other sets a PIN and uses it. Nothing is erased. */
export async function genuineLedger(): Promise<Payload[]> {
  const world = await World.create();
  try {
    const { otp, consent, binding, verification } = world.services;
    const terms = { purpose: "pin_set", documentVersion: "1", documentHash: `0x${"ab".repeat(32)}` } as const;
    for (const number of [1, 2]) {
      const caller = { phone: world.phone(number), device: {} };
      await otp.request(caller, ["consent", "pin_set"], null);
      const code = world.codes.get(caller.phone)!;
      await consent.grant(caller, code, { ...terms, expiresAt: null }, null);
      await world.finish(() => binding.set(caller, "839271", code, null));
      world.now += 1_000;
    }
    const guess = (number: number, pin: string) =>
      world.finish(() =>
        verification.verify({ phone: world.phone(number), device: {} }, pin, undefined, null),
      );
    for (let wrong = 0; wrong < 5; wrong++) await guess(1, "111222");
    await guess(2, "839271");
    return (await world.payloads()) as Payload[];
  } finally {
    await world.close();
  }
}

/** A guess beyond the lock, a success while locked, and a PIN set before consent. */
export async function forgedLedgers(): Promise<ForgedLedger[]> {
  const genuine = await genuineLedger();
  const names = {
    guessInLock: "extra-guess",
    successInLock: "success-while-locked",
    hideConsent: "set-before-consent",
  };
  return Object.entries(names).map(([forgery, name]) => {
    const [first] = forge(forgery, genuine);
    if (first === undefined) throw new Error(`nothing to forge: ${forgery}`);
    return { name, payloads: first.ledger as Payload[], index: first.index, codes: first.codes };
  });
}
