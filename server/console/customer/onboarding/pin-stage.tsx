import { POLICIES } from "../../../domain/policy.ts";
import { ChoosePin } from "../choose-pin.tsx";
import { Screen } from "../screen.tsx";
import { onboardingTexts } from "../words/index.ts";
import type { Journey } from "./journey.ts";

const DIGITS = Math.min(...POLICIES.fra.pinLengths);

export function PinStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value.pin;
  return (
    <Screen title={words.title} hasField>
      <p>{words.lead}</p>
      <ChoosePin digits={DIGITS} label={words.save} save={({ pin }) => journey.save(pin)} />
    </Screen>
  );
}
