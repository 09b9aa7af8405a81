/** What is answered to a guess that proved nothing; on every surface alike. */
import type { FastifyReply } from "fastify";
import type { DisabledReason } from "../domain/credential.ts";
import { isoInstant } from "../domain/time.ts";
import type { Guessed } from "../services/guessing.ts";
import { sendProblem } from "./plugins/errors.ts";
import { problem, retryAfterSeconds } from "./problem.ts";
import type { Surface } from "./problem.ts";
import type { Recorded } from "./recorded.ts";

export const guessesLeft = ({ attemptsLeft, lockedUntil }: Guessed) => ({
  attemptsRemaining: attemptsLeft,
  lockedUntil: lockedUntil === null ? null : isoInstant(lockedUntil),
});

const DISABLED: Readonly<Record<DisabledReason, string>> = {
  failures: "Too many wrong PINs. The PIN is disabled until it is reset.",
  temporary_expired: "The temporary PIN has expired. Reset the PIN after signing in again, or ask support.",
  temporary_spent:
    "The temporary PIN was entered wrongly too often. Reset the PIN after signing in again, or ask support.",
};

/** A wrong PIN where a right one was needed, a lock, or a PIN that no guess can prove any more. */
export function sendUnproven(
  reply: FastifyReply,
  surface: Surface,
  guessed: Guessed,
  recorded: Recorded,
): FastifyReply {
  if (guessed.result === "invalid") {
    const members = { ...guessesLeft(guessed), ...recorded };
    return sendProblem(reply, problem(surface, "PIN_INCORRECT", "The current PIN is not right.", members));
  }
  if (guessed.result === "disabled") {
    const reason = guessed.disabledBecause ?? "failures";
    const members = { ...(reason === "failures" ? {} : { reason }), ...recorded };
    return sendProblem(reply, problem(surface, "PIN_DISABLED", DISABLED[reason], members));
  }
  const seconds = retryAfterSeconds(guessed.retryAfterMs);
  const members = {
    retryAfterSeconds: seconds,
    lockedUntil: guessesLeft(guessed).lockedUntil,
    ...recorded,
  };
  const detail = `Too many wrong PINs. Try again in ${inWords(seconds)}.`;
  return sendProblem(reply, problem(surface, "PIN_LOCKED", detail, members));
}

function inWords(seconds: number): string {
  const [count, unit] = seconds < 60 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
