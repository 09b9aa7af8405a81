import type { PolicyId } from "../../server/domain/policy.ts";

// The documented lockout of each policy, written down apart from the code that the tests hold to it.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Documented {
  /** How long to wait after so many failures in a row. */
  readonly wait: (failures: number) => number;
  /** At so many failures in a row the credential is disabled. */
  readonly cap: number;
}

export const DOCUMENTED: Readonly<Record<PolicyId, Documented>> = {
  fra: {
    wait: (failures) => {
      if (failures === 0 || failures % 5 !== 0) return 0;
      if (failures === 5) return 15 * MINUTE;
      return failures === 10 ? HOUR : DAY;
    },
    cap: 50,
  },
  standard: {
    wait: (failures) => {
      if (failures < 3) return 0;
      return failures < 5 ? 5 * MINUTE : HOUR;
    },
    cap: 100,
  },
  session: { wait: (failures) => (failures > 0 && failures % 5 === 0 ? 15 * MINUTE : 0), cap: 100 },
};

export const POLICY_IDS = Object.keys(DOCUMENTED) as PolicyId[];
