/**
 * Whether every counted guess is accounted for. An event names the number of guesses counted so far and those under way;
 * so each number is seen under way, then in exactly one event, and never again.
 */
import type { OpenAttempt } from "../../domain/open-attempts.ts";
import type { TemporaryPin } from "../../domain/temporary.ts";
import type { Fields } from "./fields.ts";
import type { Report } from "./event.ts";
import type { CredentialState } from "./state.ts";

/** What an event says of its counter. */
export interface Claim {
  readonly reserved: number;
  readonly failures: number;
  readonly lockedUntil: number | null;
  readonly disabledAt: number | null;
  readonly open: readonly OpenAttempt[];
  /** Of a temporary PIN, where the event concerns one. */
  readonly temporary: TemporaryPin | null;
}

export function readClaim(outcome: Fields): Claim {
  return {
    reserved: outcome.count("reserved"),
    failures: outcome.count("failures"),
    lockedUntil: outcome.instantOrNull("lockedUntil"),
    disabledAt: outcome.instantOrNull("disabledAt"),
    open: outcome.list("open").map(readAttempt),
    temporary: outcome.has("temporary") ? readTemporary(outcome.fields("temporary")) : null,
  };
}

function readTemporary(fields: Fields): TemporaryPin {
  return { expiresAt: fields.instant("expiresAt"), spent: fields.count("spent") };
}

export function readAttempt(fields: Fields): OpenAttempt {
  return { attempt: fields.count("attempt"), reservedAt: fields.instant("reservedAt") };
}

/** Those reserved since the event before, in order. `own` is the attempt whose event this is. */
export function newAttempts(
  { guarded: { counter }, open }: CredentialState,
  claim: Claim,
  own: OpenAttempt | null,
  report: Report,
): OpenAttempt[] {
  const named = own === null ? claim.open : [...claim.open, own];
  for (const before of open) {
    if (!named.some((attempt) => same(attempt, before))) {
      report("attempt_missing", `Guess ${before.attempt} was under way, and ended without an event.`);
    }
  }
  const fresh: OpenAttempt[] = [];
  for (const attempt of named.toSorted((a, b) => a.attempt - b.attempt)) {
    const number = attempt.attempt;
    if (number > counter.reserved && number === fresh.at(-1)?.attempt) {
      report("attempt_repeated", `Guess ${number} is named twice.`);
    } else if (number > counter.reserved) {
      fresh.push(attempt);
    } else if (!open.some((before) => same(attempt, before))) {
      report("attempt_repeated", `Guess ${number} had its event before.`);
    }
  }
  let expected = counter.reserved;
  for (const { attempt } of fresh) {
    if (attempt !== expected + 1) report("attempt_missing", missing(expected + 1, attempt - 1));
    expected = attempt;
  }
  if (claim.reserved > expected) report("attempt_missing", missing(expected + 1, claim.reserved));
  if (claim.reserved < expected) {
    report("failures_wrong", `${claim.reserved} guesses are said to be counted, and ${expected} were.`);
  }
  return fresh;
}

function missing(from: number, to: number): string {
  return from === to
    ? `Guess ${from} was counted, and there is no event of it.`
    : `Guesses ${from} to ${to} were counted, and there is no event of them.`;
}

const same = (a: OpenAttempt, b: OpenAttempt): boolean =>
  a.attempt === b.attempt && a.reservedAt === b.reservedAt;
