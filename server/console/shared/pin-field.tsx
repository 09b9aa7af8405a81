/**
 * A secret of a few digits: one input behind as many boxes, so that a screen reader meets one field, paste and the
 * keyboard work as anywhere, and phones show their number pad. What is typed lives in the input alone: whoever needs it
 * takes it, and the field is empty then.
 */
import { useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { useId, useImperativeHandle, useRef } from "preact/hooks";
import { digitsOf } from "./digits.ts";

export interface PinFieldHandle {
  /** How many digits are there. */
  readonly length: () => number;
  /** What was typed; the field is empty afterwards. */
  readonly take: () => string;
  readonly focus: () => void;
}

export function PinField(props: {
  readonly label: string;
  readonly digits: number;
  readonly handle: Ref<PinFieldHandle>;
  readonly hint?: string | undefined;
  readonly invalid?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly autoFocus?: boolean | undefined;
  /** A code that was sent: shown as typed, and filled in by phones that read it from a message. */
  readonly oneTimeCode?: boolean | undefined;
  readonly onFull?: (() => void) | undefined;
}) {
  const { digits, oneTimeCode = false } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // Only what is shown: for a PIN that is its length and nothing else.
  const shown = useSignal("");
  const show = (value: string) => {
    shown.value = oneTimeCode ? value : "•".repeat(value.length);
  };

  useImperativeHandle(
    props.handle,
    () => ({
      length: () => input.current?.value.length ?? 0,
      take: () => {
        const taken = input.current?.value ?? "";
        if (input.current !== null) input.current.value = "";
        show("");
        return taken;
      },
      focus: () => input.current?.focus(),
    }),
    [],
  );

  const onInput = (event: { readonly currentTarget: HTMLInputElement }) => {
    const field = event.currentTarget;
    const before = shown.value.length;
    const value = digitsOf(field.value).slice(0, digits);
    if (field.value !== value) field.value = value;
    show(value);
    if (value.length === digits && before < digits) props.onFull?.();
  };

  const kind = oneTimeCode
    ? ({ type: "text", autocomplete: "one-time-code" } as const)
    : ({ type: "password", autocomplete: "off" } as const);
  // No `pattern`: a browser keeps the last text that it compared with one.
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="pin" dir="ltr">
        <input
          id={id}
          ref={input}
          class="pin-input"
          {...kind}
          inputMode="numeric"
          autoCapitalize="off"
          spellcheck={false}
          data-1p-ignore
          data-lpignore="true"
          autoFocus={props.autoFocus ?? false}
          disabled={props.disabled ?? false}
          aria-invalid={props.invalid ?? false}
          aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
          onInput={onInput}
        />
        {Array.from({ length: digits }, (_, i) => (
          <span key={i} class={boxClass(i, shown.value.length, digits)} aria-hidden="true">
            {shown.value[i] ?? ""}
          </span>
        ))}
      </div>
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

const boxClass = (i: number, filled: number, digits: number): string =>
  i === Math.min(filled, digits - 1) ? "pin-box pin-box-next" : "pin-box";
