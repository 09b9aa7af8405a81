import { expect } from "chai";
import { OTP_POLICY, fullWindows, generateOtp, judgeOtp } from "../../server/domain/otp.ts";
import type { OtpGrant, OtpJudgement } from "../../server/domain/otp.ts";
import { DAY, MINUTE } from "../../server/domain/time.ts";

const NOW = Date.UTC(2026, 0, 31);

function grant(changes: { expiresAt?: number; failedTries?: number; usedAt?: number } = {}): OtpGrant {
  const { expiresAt = NOW + 1, failedTries = 0, usedAt = null } = changes;
  return { challenge: { id: "c1", expiresAt, failedTries }, purpose: "pin_set", usedAt };
}

const failed = (reason: string, countsAsTry = false) => ({ kind: "failed", reason, countsAsTry });

describe("a presented one-time code", () => {
  const proven = { kind: "proven", challengeId: "c1" };
  const used = { usedAt: NOW - 1 };
  const expired = { expiresAt: NOW };
  const exhausted = { failedTries: OTP_POLICY.tries };
  // What the phone was sent, then the judgement of a right and of a wrong code.
  const table: [string, OtpGrant | null, object, object][] = [
    ["nothing", null, failed("otp_wrong"), failed("otp_wrong")],
    ["a fresh code", grant(), proven, failed("otp_wrong", true)],
    ["one with one try left", grant({ failedTries: 4 }), proven, failed("otp_wrong", true)],
    ["one with no tries left", grant(exhausted), failed("otp_exhausted"), failed("otp_exhausted")],
    ["one in its last millisecond", grant({ expiresAt: NOW + 1 }), proven, failed("otp_wrong", true)],
    // That there was one, and what became of it, is for whoever has it.
    ["one that expires now", grant(expired), failed("otp_expired"), failed("otp_wrong")],
    ["one used for this purpose", grant(used), failed("otp_used"), failed("otp_wrong")],
    ["one used and expired", grant({ ...used, ...expired }), failed("otp_used"), failed("otp_wrong")],
    [
      "one expired and exhausted",
      grant({ ...expired, ...exhausted }),
      failed("otp_expired"),
      failed("otp_wrong"),
    ],
  ];
  for (const [what, sent, ifRight, ifWrong] of table) {
    it(`is judged against ${what}`, () => {
      expect(judgeOtp(sent, true, NOW)).to.deep.equal(ifRight);
      expect(judgeOtp(sent, false, NOW)).to.deep.equal(ifWrong);
    });
  }

  it("costs a try only when it was compared and wrong", () => {
    const counted = table.flatMap(([, sent]) =>
      [true, false].map((matches): OtpJudgement => judgeOtp(sent, matches, NOW)),
    );
    const tries = counted.filter((judged) => judged.kind === "failed" && judged.countsAsTry);
    expect(tries).to.have.length(3);
    for (const judged of tries) expect(judged).to.have.property("reason", "otp_wrong");
  });

  it("can be guessed at most five times a challenge, and twenty challenges are sent a day", () => {
    let [failedTries, compared] = [0, 0];
    for (let i = 0; i < 100; i++) {
      const judged = judgeOtp(grant({ failedTries }), false, NOW);
      if (judged.kind === "failed" && judged.countsAsTry)
        [failedTries, compared] = [failedTries + 1, compared + 1];
    }
    expect(compared).to.equal(5);
    expect(OTP_POLICY.requests).to.deep.equal([
      { limit: 5, windowMs: 15 * 60_000 },
      { limit: 20, windowMs: 24 * 3_600_000 },
    ]);
  });
});

describe("a generated one-time code", () => {
  /** Big-endian words, one call each. */
  const words = (...numbers: number[]) => {
    const left = [...numbers];
    return (length: number): Uint8Array => {
      expect(length).to.equal(4);
      const word = left.shift();
      if (word === undefined) throw new Error("more randomness drawn than the test expected");
      return Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
    };
  };

  // 2³² is 4294 whole millions and 967,296: a word from 4,294,000,000 on would favour the low codes.
  it("takes the last word of the last whole million", () => {
    expect(generateOtp(words(4_293_999_999))).to.equal("999999");
    expect(generateOtp(words(4_293_000_000))).to.equal("000000");
  });

  it("throws away words that would favour some codes, however many come", () => {
    expect(generateOtp(words(4_294_000_000, 1_000_042))).to.equal("000042");
    expect(generateOtp(words(4_294_967_295, 4_294_500_000, 4_294_000_000, 7))).to.equal("000007");
  });

  it("reads the bytes that it was given, wherever they lie in a shared buffer", () => {
    const pool = Buffer.alloc(64, 0xee);
    pool.writeUInt32BE(123_456, 24);
    expect(generateOtp(() => pool.subarray(24, 28))).to.equal("123456");
    expect(generateOtp(() => new Uint8Array(pool.buffer, pool.byteOffset + 24, 4))).to.equal("123456");
  });

  it("is uniform, in its first three digits and its last", () => {
    const samples = 100_000;
    const random = mulberry32(20_260_131);
    const first = new Array<number>(1000).fill(0);
    const last = new Array<number>(1000).fill(0);
    for (let i = 0; i < samples; i++) {
      const code = generateOtp(() => new Uint8Array(Uint32Array.of(random()).buffer));
      first[Number(code.slice(0, 3))]!++;
      last[Number(code.slice(3))]!++;
    }
    const expected = samples / 1000;
    const chiSquare = (counts: number[]) =>
      counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 999 degrees of freedom: mean 999, deviation 44.7. Below is too even to be random, above too uneven: 4 deviations.
    expect(chiSquare(first)).to.be.within(820, 1178);
    expect(chiSquare(last)).to.be.within(820, 1178);
  });
});

/** A small generator of 32-bit words with a seed, so that the test gives the same answer each time. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

describe("another one-time code", () => {
  const every = (gap: number, count: number) => Array.from({ length: count }, (_, i) => NOW - i * gap);
  const roomFrom = (latest: readonly number[]) => fullWindows(latest, NOW).map(({ until }) => until - NOW);

  it("is one too many after five in a quarter of an hour, until the first of them is as old", () => {
    expect(roomFrom(every(MINUTE, 4))).to.deep.equal([]);
    expect(roomFrom(every(MINUTE, 5))).to.deep.equal([11 * MINUTE]);
    expect(roomFrom([NOW, NOW, NOW, NOW, NOW - 15 * MINUTE])).to.deep.equal([]);
  });

  it("is one too many after twenty in a day, whatever room there is in the shorter window", () => {
    expect(roomFrom(every(10 * MINUTE, 20))).to.deep.equal([DAY - 190 * MINUTE]);
    expect(roomFrom(every(MINUTE, 20))).to.deep.equal([11 * MINUTE, DAY - 19 * MINUTE]);
  });
});
