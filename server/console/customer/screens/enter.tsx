import { useLayoutEffect, useRef } from "preact/hooks";
import { api } from "../../shared/api.ts";
import type { Answer, Schemas } from "../../shared/api.ts";
import { PinField } from "../../shared/pin-field.tsx";
import type { PinFieldHandle } from "../../shared/pin-field.tsx";
import { shared } from "../../shared/words.ts";
import { explainToCustomer } from "../explain.ts";
import { operation } from "../operation.ts";
import { Screen } from "../screen.tsx";
import { operate } from "../step.ts";
import { FaultNotice, useSubmission } from "../submission.tsx";
import type { Fault } from "../submission.tsx";
import { texts } from "../words/index.ts";
import { DIGITS } from "./digits.ts";

export function Enter() {
  const words = texts.value.enter;
  const { busy, fault, faults, invalid, run, touch } = useSubmission();
  const field = useRef<PinFieldHandle>(null);
  useLayoutEffect(() => {
    if (!busy) field.current?.focus();
  }, [busy]);

  const check = () => run(() => judged(operate("enter", verify(field.current?.take() ?? ""))));
  return (
    <Screen title={words.title} hasField>
      <p>{words.lead}</p>
      <form onSubmit={(event) => event.preventDefault()} onInput={touch} aria-busy={busy}>
        <FaultNotice fault={fault} faults={faults} />
        <PinField
          label={texts.value.pin}
          digits={DIGITS}
          handle={field}
          hint={busy ? words.checking : words.hint}
          disabled={busy}
          invalid={invalid}
          onFull={check}
        />
      </form>
      <p>
        <a href="/console/forgot">{words.forgot}</a>
      </p>
    </Screen>
  );
}

const verify = (pin: string) => api.POST("/api/session/pin/verify", { ...operation(), body: { pin } });

async function judged(answered: Promise<Answer<Schemas["SessionPinVerified"]>>): Promise<Fault | null> {
  const answer = await answered;
  if (!answer.ok) return () => explainToCustomer(answer.problem);
  const { valid, attemptsRemaining = 0 } = answer.data;
  return valid ? null : () => texts.value.enter.wrong(shared.value.attempts(attemptsRemaining));
}
