/** The three systems of the seeds as data; one engine serves them all. */
import { DAY, HOUR, MINUTE } from "./time.ts";
import type { LockoutSchedule } from "./lockout.ts";

export type PolicyId = "fra" | "standard" | "session";

export interface Policy {
  readonly id: PolicyId;
  /** Permitted numbers of digits. */
  readonly pinLengths: readonly number[];
  readonly rejectsWeakPins: boolean;
  readonly lockout: LockoutSchedule;
}

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failed attempts on one account. */
const NIST_CAP = 100;

export const POLICIES: Readonly<Record<PolicyId, Policy>> = {
  /** Seeds 000 and 002. They are silent on lockout; we escalate. */
  fra: {
    id: "fra",
    pinLengths: [6],
    rejectsWeakPins: true,
    lockout: {
      steps: [
        { failures: 5, waitMs: 15 * MINUTE },
        { failures: 10, waitMs: HOUR },
        { failures: 15, waitMs: DAY },
      ],
      repeatEvery: 5,
      disableAt: 50,
    },
  },
  /** Seed 003: 3–4 failures → 5 minutes, 5 and more → 1 hour. */
  standard: {
    id: "standard",
    pinLengths: [4, 6],
    rejectsWeakPins: false,
    lockout: {
      steps: [
        { failures: 3, waitMs: 5 * MINUTE },
        { failures: 4, waitMs: 5 * MINUTE },
        { failures: 5, waitMs: HOUR },
      ],
      repeatEvery: 1,
      disableAt: NIST_CAP,
    },
  },
  /** Seed 004, FR-007 and FR-008; complexity rules beyond 4 digits are out of its scope. */
  session: {
    id: "session",
    pinLengths: [4],
    rejectsWeakPins: false,
    lockout: { steps: [{ failures: 5, waitMs: 15 * MINUTE }], repeatEvery: 5, disableAt: NIST_CAP },
  },
};
