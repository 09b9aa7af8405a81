/** The document itself, as text and nothing else: what is hashed is what stands there. */
import { useMemo } from "preact/hooks";
import { locale } from "../../shared/locale.ts";
import { Screen } from "../screen.tsx";
import { FaultNotice, useSubmission } from "../submission.tsx";
import { onboardingTexts } from "../words/index.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Journey } from "./journey.ts";
import { saveFile } from "../../shared/save-file.ts";
import { TERMS } from "./terms.ts";

export function TermsStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value.terms;
  const { busy, fault, faults, run } = useSubmission();
  const text = TERMS.text[locale.value];
  const hash = useMemo(() => fingerprint(text), [text]);
  return (
    <Screen title={words.title}>
      <p>{words.lead}</p>
      <div class="terms" role="region" aria-label={words.region} tabIndex={0}>
        {text}
      </div>
      <p class="hint">
        {words.hash} <bdi class="mono">{hash}</bdi>
      </p>
      <FaultNotice fault={fault} faults={faults} />
      <div class="actions">
        <button
          type="button"
          class="button button-main"
          disabled={busy}
          onClick={() => run(() => journey.accept(text))}
        >
          {words.accept}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => saveFile(`terms-${TERMS.version}-${locale.value}.txt`, text, "text/plain")}
        >
          {words.keep}
        </button>
      </div>
    </Screen>
  );
}
