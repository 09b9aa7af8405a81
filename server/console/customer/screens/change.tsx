import { useLocation } from "preact-iso/router";
import { api } from "../../shared/api.ts";
import type { Answer, Problem } from "../../shared/api.ts";
import { shared } from "../../shared/words.ts";
import { ChoosePin } from "../choose-pin.tsx";
import type { ChosenPin } from "../choose-pin.tsx";
import { explainToCustomer, inWords } from "../explain.ts";
import { operation } from "../operation.ts";
import { Screen } from "../screen.tsx";
import { operate } from "../step.ts";
import type { Fault } from "../submission.tsx";
import { texts } from "../words/index.ts";
import { DIGITS } from "./digits.ts";

export function Change() {
  const words = texts.value;
  const { route } = useLocation();
  const done = async (answered: Promise<Answer<unknown>>): Promise<Fault | null> => {
    const answer = await answered;
    if (!answer.ok) return () => explainChange(answer.problem);
    route("/console", true);
    return null;
  };
  return (
    <Screen title={words.change.title} hasField>
      <p>{words.change.lead}</p>
      <ChoosePin
        digits={DIGITS}
        withCurrent
        label={words.change.save}
        save={(chosen) => done(operate("change", change(chosen)))}
      >
        <a class="button" href="/console">
          {words.back}
        </a>
      </ChoosePin>
      <p class="after-form">
        <a href="/console/forgot">{words.enter.forgot}</a>
      </p>
    </Screen>
  );
}

const change = ({ current, pin, confirmation }: ChosenPin) =>
  api.POST("/api/session/pin/change", {
    ...operation(),
    body: { currentPin: current, newPin: pin, confirmation },
  });

/** A session that is proven is not thrown out by wrong guesses: it is told here that it must wait. */
function explainChange(problem: Problem): string {
  const words = texts.value.change;
  const { code, retryAfterSeconds, attemptsRemaining, lockedUntil } = problem;
  if (code === "PIN_LOCKED" && retryAfterSeconds !== undefined)
    return words.locked(inWords(retryAfterSeconds));
  if (code !== "PIN_INCORRECT" || typeof attemptsRemaining !== "number") return explainToCustomer(problem);
  if (typeof lockedUntil === "string") return words.wrongAndLocked;
  return words.wrong(shared.value.attempts(attemptsRemaining));
}
