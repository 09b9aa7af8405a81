/**
 * What an operator might do to a ledger before anchoring it. Each forgery names every place of a genuine ledger where it
 * can be done, with the event at which replay must name it, and how.
 */
import type { FindingCode } from "../../../server/audit/replay/index.ts";
import { DAY, HOUR, MINUTE, isoInstant } from "../../../server/domain/time.ts";
import {
  drop,
  edit,
  events,
  insertAfter,
  nextOfCounter,
  previousOfCounter,
  shiftAttempts,
  shiftTime,
} from "./ledger-copy.ts";
import type { EventView, Ledger } from "./ledger-copy.ts";

export interface Forged {
  readonly ledger: Ledger;
  readonly index: number;
  readonly codes: readonly FindingCode[];
}

type Forge = (ledger: Ledger, event: EventView) => Forged | null;

const GUESSES = ["pin_verify", "pin_change", "pin_delete"];
const isGuess = ({ type }: EventView) => GUESSES.includes(type);
const isFailed = (event: EventView) => isGuess(event) && event.outcome.result === "invalid";
/** Of these, what was counted before is still seen to count. */
const keepsFailures = ({ type, outcome }: EventView) =>
  type === "attempt_abandoned" ||
  (isGuess({ type } as EventView) && !/^(valid|done)$/.test(outcome.result ?? ""));
const verified = (payload: Ledger[number]) => ({
  factors: { ...(payload?.["factors"] as object), knowledge: "verified" },
});
const isLocked = (event: EventView) =>
  typeof event.outcome.lockedUntil === "string" && event.outcome.lockedUntil > event.timestamp;

const hideGuess: Forge = (ledger, event) => {
  const next = nextOfCounter(ledger, event);
  if (!isFailed(event) || next === null) return null;
  return { ledger: drop(ledger, event), index: next.index - 1, codes: ["attempt_missing"] };
};

const hideGuessAndRenumber: Forge = (ledger, event) => {
  const next = nextOfCounter(ledger, event);
  const { attempt = 0, reserved = 0, failures = 0 } = event.outcome;
  const counts = attempt > reserved - failures;
  if (!isFailed(event) || !counts || next === null || !keepsFailures(next)) return null;
  // Where others overtook it, its number shows in their events too.
  if (reserved !== attempt || previousOfCounter(ledger, event)?.outcome.reserved === attempt) return null;
  const without = shiftAttempts(drop(ledger, event), event, attempt, -1);
  return {
    ledger: without,
    index: next.index - 1,
    codes: ["failures_wrong", "lock_wrong", "guess_while_locked", "attempt_missing", "attempt_repeated"],
  };
};

function insertGuess(ledger: Ledger, event: EventView, changes: object, outcome: object): Ledger | null {
  const { attempt, reserved, disabledAt } = event.outcome;
  if (!isFailed(event) || attempt !== reserved || attempt === undefined || disabledAt !== null) return null;
  const moved = shiftAttempts(ledger, event, attempt + 1, 1);
  return insertAfter(
    moved,
    event,
    { ...changes },
    {
      attempt: attempt + 1,
      reservedAt: event.timestamp,
      reserved: attempt + 1,
      ...outcome,
    },
  );
}

const guessInLock: Forge = (ledger, event) => {
  if (!isLocked(event)) return null;
  const forged = insertGuess(ledger, event, {}, { failures: (event.outcome.failures ?? 0) + 1 });
  return forged && { ledger: forged, index: event.index + 1, codes: ["guess_while_locked"] };
};

const successInLock: Forge = (ledger, event) => {
  if (!isLocked(event)) return null;
  const forged = insertGuess(ledger, event, verified(ledger[event.index] ?? null), {
    result: "valid",
    failures: 0,
    lockedUntil: null,
  });
  return forged && { ledger: forged, index: event.index + 1, codes: ["success_while_locked"] };
};

const endLockEarly: Forge = (ledger, event) => {
  const { lockedUntil } = event.outcome;
  if (!isGuess(event) || typeof lockedUntil !== "string") return null;
  const earlier = isoInstant(Date.parse(lockedUntil) - 10 * MINUTE);
  return {
    ledger: edit(ledger, event.index, {}, { lockedUntil: earlier }),
    index: event.index,
    codes: ["lock_wrong"],
  };
};

const skipLock: Forge = (ledger, event) => {
  if (!isFailed(event) || event.outcome.lockedUntil === null) return null;
  return {
    ledger: edit(ledger, event.index, {}, { lockedUntil: null }),
    index: event.index,
    codes: ["lock_wrong"],
  };
};

const neverDisable: Forge = (ledger, event) => {
  if (!isFailed(event) || event.outcome.disabledAt === null) return null;
  return {
    ledger: edit(ledger, event.index, {}, { disabledAt: null }),
    index: event.index,
    codes: ["lock_wrong"],
  };
};

const backdateGuess: Forge = (ledger, event) => {
  const { attempt = 0, reservedAt } = event.outcome;
  const previous = previousOfCounter(ledger, event);
  if (!isGuess(event) || reservedAt === undefined || previous === null) return null;
  const known = attempt <= (previous.outcome.reserved ?? 0);
  const earlier = isoInstant(Date.parse(previous.timestamp) - DAY);
  return {
    ledger: edit(ledger, event.index, {}, { reservedAt: earlier }),
    index: event.index,
    codes: known ? ["attempt_missing"] : ["time_reversed"],
  };
};

const turnIntoSuccess: Forge = (ledger, event) => {
  const { attempt = 0, reserved = 0, failures = 0 } = event.outcome;
  if (!isFailed(event) || attempt <= reserved - failures) return null;
  return {
    ledger: edit(ledger, event.index, verified(ledger[event.index] ?? null), { result: "valid" }),
    index: event.index,
    // Too late a success clears nothing, and then only the PIN can tell.
    codes: ["failures_wrong", "lock_wrong", "success_without_pin", "success_of_old_pin"],
  };
};

const succeedWithoutPin: Forge = (ledger, event) => {
  const bound = ["pin_set", "pin_reset", "credential_import", "admin_temporary_pin"];
  const { attempt = 0, reserved = 0 } = event.outcome;
  const before = events(ledger).slice(
    0,
    events(ledger).findIndex(({ index }) => index === event.index),
  );
  if (
    !isFailed(event) ||
    before.some(
      ({ who, policy, type }) => who === event.who && policy === event.policy && bound.includes(type),
    )
  )
    return null;
  return {
    ledger: edit(ledger, event.index, verified(ledger[event.index] ?? null), {
      result: "valid",
      failures: reserved - attempt,
      lockedUntil: null,
    }),
    index: event.index,
    codes: ["success_without_pin"],
  };
};

const changeWithoutGuess: Forge = (ledger, event) => {
  if (!isGuess(event) || event.outcome.attempt === undefined) return null;
  const changes = { type: "pin_change", ...verified(ledger[event.index] ?? null) };
  return {
    ledger: insertAfter(ledger, event, changes, {
      result: "valid",
      attempt: undefined,
      reservedAt: undefined,
      challengeId: undefined,
    }),
    index: event.index + 1,
    codes: ["guess_unnumbered"],
  };
};

const HEALING = ["pin_reset", "admin_unlock", "admin_reset", "admin_temporary_pin"];

/** What ended a lock: the customer's reset, or support's. */
const hideHealing: Forge = (ledger, event) => {
  const before = previousOfCounter(ledger, event);
  const next = nextOfCounter(ledger, event);
  const until = before?.outcome.lockedUntil;
  if (
    !HEALING.includes(event.type) ||
    event.outcome.result === "valid" ||
    typeof until !== "string" ||
    next?.outcome.reservedAt === undefined
  )
    return null;
  if (next.outcome.attempt !== (event.outcome.reserved ?? 0) + 1 || next.outcome.reservedAt >= until)
    return null;
  if (before?.outcome.reserved !== event.outcome.reserved || next.outcome.reserved !== next.outcome.attempt)
    return null;
  return {
    ledger: drop(ledger, event),
    index: next.index - 1,
    codes: ["guess_while_locked", "success_while_locked"],
  };
};

const hideConsent: Forge = (ledger, event) => {
  const bound = events(ledger).find(
    ({ type, outcome }) => /^pin_(set|reset)$/.test(type) && outcome.consentId === event.outcome.consentId,
  );
  if (event.type !== "consent_grant" || bound === undefined) return null;
  return { ledger: drop(ledger, event), index: bound.index - 1, codes: ["consent_missing"] };
};

const hideRevocation: Forge = (ledger, event) => {
  const { consentId } = event.outcome;
  if (!/^pin_(set|reset)$/.test(event.type) || consentId === undefined) return null;
  const revoked = events(ledger).find(
    ({ type, outcome }) => type === "consent_revoke" && outcome.consentId === consentId,
  );
  if (revoked === undefined || revoked.index < event.index) return null;
  // The PIN is bound once more, after the revocation.
  const payload = ledger[event.index] ?? null;
  const forged = insertAfter(ledger, revoked, { ...payload, timestamp: revoked.timestamp }, {});
  return { ledger: renumbered(forged, event.who), index: revoked.index + 1, codes: ["consent_missing"] };
};

const codeForAnotherPurpose: Forge = (ledger, event) => {
  const request = requestOf(ledger, event);
  if (!/^pin_(set|reset)$/.test(event.type) || request === null) return null;
  return {
    ledger: edit(ledger, request.index, {}, { purposes: ["consent", "pin_verify"] }),
    index: event.index,
    codes: ["otp_unknown"],
  };
};

const expiredCode: Forge = (ledger, event) => {
  if (!/^pin_(set|reset)$/.test(event.type) || event.policy !== "fra") return null;
  return {
    ledger: shiftTime(ledger, event.index, event.timestamp, HOUR),
    index: event.index,
    codes: ["otp_expired"],
  };
};

const longLivedCode: Forge = (ledger, event) => {
  if (event.type !== "otp_request") return null;
  const expiresAt = isoInstant(Date.parse(event.timestamp) + DAY);
  return { ledger: edit(ledger, event.index, {}, { expiresAt }), index: event.index, codes: ["otp_expired"] };
};

const reusedCode: Forge = (ledger, event) => {
  if (event.type !== "consent_grant") return null;
  return {
    ledger: insertAfter(ledger, event, {}, { consentId: `0x${"cd".repeat(32)}` }),
    index: event.index + 1,
    codes: ["otp_used"],
  };
};

const bindWithoutCode: Forge = (ledger, event) => {
  if (!/^pin_(set|reset)$/.test(event.type) || event.policy !== "fra") return null;
  return {
    ledger: edit(ledger, event.index, {}, { challengeId: undefined }),
    index: event.index,
    codes: ["otp_missing"],
  };
};

const hideWrongCode: Forge = (ledger, event) => {
  const next = events(ledger).find(
    ({ index, who, type, outcome }) =>
      index > event.index &&
      who === event.who &&
      (type === "otp_failure" ||
        (outcome.challengeId !== undefined && /^(pin_set|pin_reset|consent_grant)$/.test(type))),
  );
  // A guess that was proven before and is recorded now would show it first.
  const guessed = events(ledger).some(
    ({ index, who, type, outcome }) =>
      index > event.index &&
      index < (next?.index ?? 0) &&
      who === event.who &&
      isGuess({ type } as EventView) &&
      outcome.challengeId !== undefined,
  );
  if (event.type !== "otp_failure" || next === undefined || guessed) return null;
  return { ledger: drop(ledger, event), index: next.index - 1, codes: ["otp_try_missing"] };
};

const hidePayload: Forge = (ledger, event) => {
  if (event.type === "erased") return null;
  return {
    ledger: ledger.map((payload, at) => (at === event.index ? null : payload)),
    index: Math.max(event.index, ledger.lastIndexOf(null)),
    codes: ["payload_withheld"],
  };
};

const dropEvent: Forge = (ledger, event) => {
  const next = events(ledger).find(({ index, who }) => index > event.index && who === event.who);
  if (next === undefined) return null;
  return {
    ledger: ledger.filter((_, at) => at !== event.index),
    index: next.index - 1,
    codes: ["event_missing"],
  };
};

const liveOnAfterErasure: Forge = (ledger, event) => {
  const other = ledger.at(-1) ?? null;
  if (event.type !== "erased" || other === null) return null;
  return {
    ledger: [...ledger, { ...other, identityHash: event.who, subjectSeq: 99 }],
    index: ledger.length,
    codes: ["subject_erased"],
  };
};

const bindWithoutRight: Forge = (ledger, event) => {
  if (event.outcome["authorisedBy"] !== "recent_authentication" || event.type === "pin_set") return null;
  if (event.outcome["existed"] === false) return null;
  return {
    ledger: edit(ledger, event.index, {}, { authorisedBy: "none_needed", authTime: undefined }),
    index: event.index,
    codes: ["right_missing"],
  };
};

/** Support heals a disabled PIN by an unlock that leaves its failures. */
const unlockWhatIsDisabled: Forge = (ledger, event) => {
  const { disabledAt, open } = event.outcome;
  if (!isFailed(event) || disabledAt === null || open === undefined) return null;
  return {
    ledger: insertAfter(
      ledger,
      event,
      { type: "admin_unlock" },
      {
        result: "done",
        administrator: "somebody",
        existed: true,
        wasLocked: false,
        attempt: undefined,
        reservedAt: undefined,
        disabledAt: null,
        lockedUntil: null,
      },
    ),
    index: event.index + 1,
    // On the FRA surface support cannot unlock at all.
    codes: event.policy === "fra" ? ["event_out_of_place"] : ["right_missing"],
  };
};

const reviveTemporary: Forge = (ledger, event) => {
  const temporary = event.outcome["temporary"] as { expiresAt: string; spent: number } | undefined;
  if (!isFailed(event) || temporary === undefined || temporary.spent === 0) return null;
  return {
    ledger: edit(ledger, event.index, {}, { temporary: { ...temporary, spent: 0 } }),
    index: event.index,
    codes: ["failures_wrong"],
  };
};

export const FORGERIES: Readonly<Record<string, Forge>> = {
  hideGuess,
  hideGuessAndRenumber,
  guessInLock,
  successInLock,
  endLockEarly,
  skipLock,
  neverDisable,
  backdateGuess,
  turnIntoSuccess,
  succeedWithoutPin,
  changeWithoutGuess,
  hideHealing,
  bindWithoutRight,
  unlockWhatIsDisabled,
  reviveTemporary,
  hideConsent,
  hideRevocation,
  codeForAnotherPurpose,
  expiredCode,
  longLivedCode,
  reusedCode,
  bindWithoutCode,
  hideWrongCode,
  hidePayload,
  dropEvent,
  liveOnAfterErasure,
};

/** Every way to do the forgery to this ledger. */
export function forge(name: string, ledger: Ledger): Forged[] {
  const how = FORGERIES[name];
  if (how === undefined) throw new Error(`there is no forgery ${name}`);
  return events(ledger).flatMap((event) => how(ledger, event) ?? []);
}

function requestOf(ledger: Ledger, { outcome }: EventView): EventView | null {
  return (
    events(ledger).find(
      (event) => event.type === "otp_request" && event.outcome.challengeId === outcome.challengeId,
    ) ?? null
  );
}

function renumbered(ledger: Ledger, who: string): Ledger {
  let seq = 0;
  return ledger.map((payload) =>
    payload === null || payload["identityHash"] !== who ? payload : { ...payload, subjectSeq: seq++ },
  );
}
