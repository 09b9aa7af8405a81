/**
 * A new PIN, entered twice; where it replaces one that is known, that one first. What is typed is taken out of the
 * fields and handed on in one go: no name here outlives the call, and every field is empty whatever comes of it.
 */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { PinField } from "../shared/pin-field.tsx";
import type { PinFieldHandle } from "../shared/pin-field.tsx";
import { FaultNotice, useSubmission } from "./submission.tsx";
import type { Fault } from "./submission.tsx";
import { texts } from "./words/index.ts";

export interface ChosenPin {
  /** Empty where none was asked for. */
  readonly current: string;
  readonly pin: string;
  readonly confirmation: string;
}

export function ChoosePin(props: {
  readonly digits: number;
  readonly withCurrent?: boolean;
  readonly label: string;
  readonly save: (chosen: ChosenPin) => Promise<Fault | null>;
  readonly children?: ComponentChildren;
}) {
  const { digits, withCurrent = false } = props;
  const words = texts.value;
  const { busy, fault, faults, invalid, run, refuse, touch } = useSubmission();
  const current = useRef<PinFieldHandle>(null);
  const pin = useRef<PinFieldHandle>(null);
  const confirmation = useRef<PinFieldHandle>(null);

  useLayoutEffect(() => {
    if (!busy) firstToFill([current, pin, confirmation], digits)?.focus();
  }, [busy, faults]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    if (firstToFill([current, pin, confirmation], digits) !== null) {
      return refuse(() => texts.value.incomplete(digits));
    }
    const chosen = { pin: take(pin), confirmation: take(confirmation) };
    if (chosen.pin !== chosen.confirmation) return refuse(() => texts.value.mismatch);
    run(() => props.save({ ...chosen, current: take(current) }));
  };

  const field = { digits, disabled: busy, invalid };
  const focus = (next: typeof pin) => () => next.current?.focus();
  return (
    <form onSubmit={submit} onInput={touch} aria-busy={busy}>
      <FaultNotice fault={fault} faults={faults} />
      {withCurrent && <PinField {...field} label={words.currentPin} handle={current} onFull={focus(pin)} />}
      <PinField
        {...field}
        label={words.newPin}
        handle={pin}
        hint={words.digits(digits)}
        onFull={focus(confirmation)}
      />
      <PinField {...field} label={words.samePinAgain} handle={confirmation} />
      <div class="actions">
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? words.saving : props.label}
        </button>
        {props.children}
      </div>
    </form>
  );
}

type FieldRef = { readonly current: PinFieldHandle | null };

const take = (field: FieldRef): string => field.current?.take() ?? "";

function firstToFill(fields: readonly FieldRef[], digits: number): PinFieldHandle | null {
  return fields.find(({ current }) => current !== null && current.length() < digits)?.current ?? null;
}
