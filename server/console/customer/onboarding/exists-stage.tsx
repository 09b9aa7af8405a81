import { Screen } from "../screen.tsx";
import { FaultNotice, useSubmission } from "../submission.tsx";
import { onboardingTexts } from "../words/index.ts";
import type { Journey } from "./journey.ts";

export function ExistsStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value;
  const { busy, fault, faults, run } = useSubmission();
  return (
    <Screen title={words.exists.title}>
      <FaultNotice fault={fault} faults={faults} />
      <p>{words.exists.lead}</p>
      <div class="actions">
        <button
          type="button"
          class="button button-main"
          disabled={busy}
          onClick={() => run(() => journey.sendCode(journey.phoneNumber.value, "reset"))}
        >
          {words.exists.reset}
        </button>
        <button type="button" class="button" disabled={busy} onClick={journey.startOver}>
          {words.code.otherNumber}
        </button>
      </div>
    </Screen>
  );
}
