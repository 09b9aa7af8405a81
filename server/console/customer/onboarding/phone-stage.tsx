import { onboardingTexts } from "../words/index.ts";
import { Screen } from "../screen.tsx";
import { FaultNotice, useSubmission } from "../submission.tsx";
import type { Journey } from "./journey.ts";

export function PhoneStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value;
  const { busy, fault, faults, run } = useSubmission();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const phone = new FormData(event.currentTarget as HTMLFormElement).get("phone");
    run(() => journey.sendCode(typeof phone === "string" ? phone : ""));
  };
  return (
    <Screen title={words.title} hasField>
      <p>{words.phone.lead}</p>
      <form onSubmit={submit} aria-busy={busy}>
        <FaultNotice fault={fault} faults={faults} />
        <div class="field">
          <label for="onboarding-phone">{words.phone.label}</label>
          <input
            id="onboarding-phone"
            name="phone"
            type="tel"
            autocomplete="tel"
            dir="ltr"
            required
            maxLength={32}
            defaultValue={journey.phoneNumber.value}
            aria-describedby="onboarding-phone-hint"
            aria-invalid={fault !== null}
            autoFocus
          />
          <p class="hint" id="onboarding-phone-hint">
            {words.phone.hint}
          </p>
        </div>
        <div class="actions">
          <button type="submit" class="button button-main" disabled={busy}>
            {busy ? words.phone.sending : words.phone.send}
          </button>
        </div>
      </form>
    </Screen>
  );
}
