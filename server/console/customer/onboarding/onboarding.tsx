/** `/console/onboarding`: a PIN for a phone number, as seed 000 wants it. */
import { useMemo } from "preact/hooks";
import { Notice } from "../../shared/notice.tsx";
import { config } from "../../shared/sign-in-state.ts";
import { explainToCustomer } from "../explain.ts";
import { Screen } from "../screen.tsx";
import { onboardingTexts } from "../words/index.ts";
import { CodeStage } from "./code-stage.tsx";
import { ExistsStage } from "./exists-stage.tsx";
import { createJourney } from "./journey.ts";
import type { Journey, Stage } from "./journey.ts";
import { PhoneStage } from "./phone-stage.tsx";
import { PinStage } from "./pin-stage.tsx";
import { ReceiptStage } from "./receipt-stage.tsx";
import { TermsStage } from "./terms-stage.tsx";

const STEPS: Readonly<Record<Stage, number>> = { phone: 1, code: 2, exists: 2, terms: 3, pin: 4, receipt: 5 };

export function Onboarding() {
  const words = onboardingTexts.value;
  const journey = useMemo(createJourney, []);
  if (config.value?.onboarding !== true) {
    return (
      <Screen title={words.closedTitle}>
        <p>{words.closed}</p>
      </Screen>
    );
  }
  const setback = journey.setback.value;
  return (
    <>
      <Progress at={STEPS[journey.stage.value]} />
      {setback !== null && <Notice kind="warning">{explainToCustomer(setback)}</Notice>}
      <StageOf journey={journey} />
    </>
  );
}

function StageOf({ journey }: { readonly journey: Journey }) {
  switch (journey.stage.value) {
    case "phone":
      return <PhoneStage journey={journey} />;
    case "code":
      return <CodeStage journey={journey} />;
    case "exists":
      return <ExistsStage journey={journey} />;
    case "terms":
      return <TermsStage journey={journey} />;
    case "pin":
      return <PinStage journey={journey} />;
    case "receipt":
      return <ReceiptStage journey={journey} />;
  }
}

function Progress({ at }: { readonly at: number }) {
  const { progress, steps } = onboardingTexts.value;
  return (
    <ol class="steps" aria-label={progress(at, steps.length)}>
      {steps.map((name, i) => (
        <li key={i} class={i + 1 < at ? "steps-done" : ""} aria-current={i + 1 === at ? "step" : undefined}>
          {name}
        </li>
      ))}
    </ol>
  );
}
