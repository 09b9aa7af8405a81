import { expect } from "chai";
import fc from "fast-check";
import { unlock } from "../../server/domain/lockout.ts";
import { admitAttempt, NEW_COUNTER } from "../../server/domain/lockout.ts";
import { POLICIES } from "../../server/domain/policy.ts";
import { isRecent } from "../../server/domain/reauthentication.ts";
import { nextStep, nextStepSentence } from "../../server/domain/session.ts";
import { generatePin } from "../../server/domain/temporary.ts";
import { weakness } from "../../server/domain/weak-pin.ts";
import { AccountWorld, acts } from "./account-world.ts";

const NOW = Date.UTC(2026, 0, 31);
const MINUTE = 60_000;

describe("Users, support and time, in any order,", () => {
  it("get no guess that a policy forbids, no temporary PIN past its end, and no session that did not prove itself", () => {
    let [evaluated, verified] = [0, 0];
    fc.assert(
      fc.property(fc.array(acts, { minLength: 5, maxLength: 120, size: "max" }), (interleaving) => {
        const world = new AccountWorld();
        for (const act of interleaving) world.do(act);
        evaluated += world.evaluated;
        verified += world.verifiedSessions;
      }),
      { numRuns: 1_000 },
    );
    expect(evaluated, "guesses that were evaluated").to.be.above(5_000);
    expect(verified, "times a session was found verified").to.be.above(500);
  }).timeout(120_000);
});

describe("An unlock by support", () => {
  it("lets the user try at once, and the next wait come where it would have come", () => {
    const { lockout } = POLICIES.session;
    let counter = NEW_COUNTER;
    const guess = () => {
      const admission = admitAttempt(lockout, counter, NOW);
      if (admission.kind === "admitted") counter = admission.counter;
      return admission.kind;
    };
    for (let i = 0; i < 5; i++) expect(guess()).to.equal("admitted");
    expect(guess()).to.equal("locked");
    counter = unlock(counter);
    for (let i = 0; i < 5; i++) expect(guess()).to.equal("admitted");
    expect(counter.lockedUntil, "after ten failures").to.equal(NOW + 15 * MINUTE);
  });

  it("brings no credential past its cap, and none back from it", () => {
    for (const { lockout } of Object.values(POLICIES)) {
      let counter = NEW_COUNTER;
      let guesses = 0;
      for (; guesses < 1_000; guesses++) {
        const admission = admitAttempt(lockout, counter, NOW);
        if (admission.kind !== "admitted") break;
        counter = unlock(admission.counter);
      }
      expect(guesses).to.equal(lockout.disableAt);
      expect(admitAttempt(lockout, counter, NOW)).to.deep.equal({ kind: "disabled" });
    }
  });
});

describe("What the user of a session must do next", () => {
  const own = { counter: NEW_COUNTER, temporary: null, generation: 3, hasPin: true };
  const temporary = { ...own, temporary: { expiresAt: NOW + MINUTE, spent: 0 } };
  const proof = { generation: 3, expiresAt: NOW + MINUTE };
  const disabled = { ...own, counter: { ...NEW_COUNTER, disabledAt: NOW } };
  const locked = { ...own, counter: { ...NEW_COUNTER, lockedUntil: NOW + 14.2 * MINUTE } };

  const cases = {
    "create a PIN where nothing is known": [null, null, "create_pin"],
    "create a PIN where there is none, whatever was proven": [{ ...own, hasPin: false }, proof, "create_pin"],
    "enter the PIN in a session not seen": [own, null, "enter_pin"],
    "enter the PIN where another one was proven": [own, { ...proof, generation: 2 }, "enter_pin"],
    "enter the PIN where the proof has ended": [own, { ...proof, expiresAt: NOW }, "enter_pin"],
    "nothing where it was proven": [own, proof, "none"],
    "nothing where it was proven, though others have locked it": [locked, proof, "none"],
    "nothing where it was proven, though others have disabled it": [disabled, proof, "none"],
    "change a temporary PIN that was proven": [temporary, proof, "change_temporary_pin"],
    "enter a temporary PIN": [temporary, null, "enter_pin"],
    "wait where it is locked": [locked, null, "locked"],
  } as const;
  for (const [name, [credential, shown, expected]] of Object.entries(cases)) {
    it(`is to ${name}`, () => expect(nextStep(credential, shown, NOW).next).to.equal(expected));
  }

  it("is told in words, with the time that remains, in the seed's own sentence for a temporary PIN", () => {
    const sentence = (credential: typeof locked, shown: typeof proof | null = null) =>
      nextStepSentence(nextStep(credential, shown, NOW), NOW);
    expect(sentence(locked)).to.equal("Too many wrong PINs. Try again in 15 minutes.");
    const last = { ...locked, counter: { ...locked.counter, lockedUntil: NOW + 1 } };
    expect(sentence(last)).to.equal("Too many wrong PINs. Try again in 1 minute.");
    expect(nextStepSentence(nextStep(temporary, proof, NOW), NOW)).to.equal(
      "Your PIN was reset by support. Please create a new PIN.",
    );
  });

  it("is to reset a temporary PIN that has expired or was guessed at, since waiting does not help", () => {
    const expired = { ...temporary, temporary: { expiresAt: NOW, spent: 0 } };
    for (const shown of [null, proof]) {
      expect(nextStep(expired, shown, NOW)).to.deep.equal({
        next: "locked",
        reason: "temporary_pin_expired",
        until: null,
      });
    }
    const spent = { ...temporary, temporary: { ...temporary.temporary, spent: 3 } };
    expect(nextStep(spent, null, NOW)).to.include({ reason: "temporary_pin_spent", until: null });
    expect(nextStep(spent, proof, NOW).next, "who has proven it may still change it").to.equal(
      "change_temporary_pin",
    );
  });
});

describe("A recent authentication", () => {
  it("is one that the issuer speaks of, of the last five minutes, and not of the future", () => {
    const recent = (ago: number | null) => isRecent(ago === null ? null : NOW - ago, NOW, 5 * MINUTE);
    expect([null, 0, 5 * MINUTE - 1, 5 * MINUTE, -MINUTE, -MINUTE - 1].map(recent)).to.deep.equal([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("A generated PIN", () => {
  it("is any of the PINs that are not weak, leading zeros included, each as likely as any other", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 255 })), (stream) => {
        const bytes = (length: number) => Uint8Array.from([...stream.take(length)]);
        const pin = generatePin(4, bytes);
        expect(pin).to.match(/^[0-9]{4}$/);
        expect(weakness(pin)).to.equal(null);
      }),
    );
    // A word that would favour low numbers, then 1234, which is weak.
    const words = [
      [0xff, 0xff, 0xff, 0xff],
      [0, 0, 4, 210],
      [0, 0, 0, 7],
    ];
    expect(generatePin(4, () => Uint8Array.from(words.shift()!))).to.equal("0007");
  });
});
