/** A new PIN without the old one: the service wants a login of a few minutes ago, and says so where it is older. */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso/router";
import { api } from "../../shared/api.ts";
import type { Answer } from "../../shared/api.ts";
import { config, signInAddress } from "../../shared/sign-in-state.ts";
import { SignIn } from "../../shared/sign-in.tsx";
import { shared } from "../../shared/words.ts";
import { ChoosePin } from "../choose-pin.tsx";
import { explainToCustomer, inWords } from "../explain.ts";
import { operation } from "../operation.ts";
import { Screen } from "../screen.tsx";
import { operate } from "../step.ts";
import type { Fault } from "../submission.tsx";
import { texts } from "../words/index.ts";
import { DIGITS } from "./digits.ts";

const RECENT_S = 300;

export function Forgot() {
  const words = texts.value;
  const { route } = useLocation();
  /** How long ago a login may be, where this one was longer ago. */
  const tooOld = useSignal<number | null>(null);

  const done = async (answered: Promise<Answer<unknown>>): Promise<Fault | null> => {
    const answer = await answered;
    if (answer.ok) route("/console", true);
    else if (answer.problem.code === "REAUTHENTICATION_REQUIRED") {
      const { maxAgeSeconds } = answer.problem;
      tooOld.value = typeof maxAgeSeconds === "number" ? maxAgeSeconds : RECENT_S;
    } else return () => explainToCustomer(answer.problem);
    return null;
  };

  if (tooOld.value !== null) {
    const lead = words.forgot.signInLead(inWords(tooOld.value));
    if (config.value?.signIn !== "openid") return <SignIn title={words.forgot.signInTitle} lead={lead} />;
    // The provider must ask again: one that remembers the user would only send back the login of before.
    return (
      <Screen title={words.forgot.signInTitle}>
        <p>{lead}</p>
        <a class="button button-main" href={signInAddress({ fresh: true })}>
          {shared.value.signIn}
        </a>
      </Screen>
    );
  }
  return (
    <Screen title={words.forgot.title} hasField>
      <p>{words.forgot.lead}</p>
      <ChoosePin
        digits={DIGITS}
        label={words.forgot.save}
        save={({ pin, confirmation }) =>
          done(
            operate(
              "reset",
              api.POST("/api/session/pin/reset", { ...operation(), body: { pin, confirmation } }),
            ),
          )
        }
      >
        <a class="button" href="/console">
          {words.back}
        </a>
      </ChoosePin>
    </Screen>
  );
}
