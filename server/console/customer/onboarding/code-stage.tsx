import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { OTP_POLICY } from "../../../domain/otp.ts";
import { Notice } from "../../shared/notice.tsx";
import { PinField } from "../../shared/pin-field.tsx";
import type { PinFieldHandle } from "../../shared/pin-field.tsx";
import { config } from "../../shared/sign-in-state.ts";
import { inWords } from "../explain.ts";
import { Screen } from "../screen.tsx";
import { FaultNotice, useSubmission } from "../submission.tsx";
import { onboardingTexts } from "../words/index.ts";
import type { Journey } from "./journey.ts";

/** A message may take so long; and every code costs one. */
const RESEND_S = 30;

export function CodeStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value.code;
  const { busy, fault, faults, invalid, run, touch } = useSubmission();
  const sentAgain = useSignal(0);
  const field = useRef<PinFieldHandle>(null);
  useLayoutEffect(() => {
    if (!busy) field.current?.focus();
  }, [busy]);

  const check = () => run(() => journey.checkCode(field.current?.take() ?? ""));
  const sendAgain = () =>
    run(async () => {
      field.current?.take();
      const refused = await journey.sendCode(journey.phoneNumber.value, journey.kind.value);
      if (refused === null) sentAgain.value++;
      return refused;
    });
  return (
    <Screen title={words.title} hasField>
      <p>
        {words.lead} <bdi dir="ltr">{journey.phoneNumber.value}</bdi>
      </p>
      {config.value?.signIn === "development" && <p class="hint">{words.development}</p>}
      <form onSubmit={(event) => event.preventDefault()} onInput={touch} aria-busy={busy}>
        <FaultNotice fault={fault} faults={faults} />
        {sentAgain.value > 0 && fault === null && (
          <Notice kind="success" key={sentAgain.value}>
            {words.sent}
          </Notice>
        )}
        <PinField
          label={words.label}
          digits={OTP_POLICY.digits}
          handle={field}
          hint={words.hint}
          disabled={busy}
          invalid={invalid}
          oneTimeCode
          onFull={check}
        />
        <Resend key={sentAgain.value} busy={busy} onSend={sendAgain}>
          <button type="button" class="button" disabled={busy} onClick={journey.startOver}>
            {words.otherNumber}
          </button>
        </Resend>
      </form>
    </Screen>
  );
}

function Resend(props: {
  readonly busy: boolean;
  readonly onSend: () => void;
  readonly children: ComponentChildren;
}) {
  const words = onboardingTexts.value.code;
  const left = useSignal(RESEND_S);
  useEffect(() => {
    const end = performance.now() + RESEND_S * 1000;
    const timer = setInterval(() => {
      left.value = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      if (left.value === 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, []);
  const waiting = left.value > 0;
  return (
    <>
      <div class="actions">
        <button type="button" class="button" disabled={props.busy || waiting} onClick={props.onSend}>
          {words.again}
        </button>
        {props.children}
      </div>
      {waiting && <p class="hint">{words.wait(inWords(left.value))}</p>}
    </>
  );
}
