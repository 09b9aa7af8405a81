/** Says what an act will do to the customer, does it, and says what it did. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, idempotencyKey } from "../../shared/api.ts";
import type { Answer, Problem } from "../../shared/api.ts";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { PinField } from "../../shared/pin-field.tsx";
import type { PinFieldHandle } from "../../shared/pin-field.tsx";
import { shared } from "../../shared/words.ts";
import { asked } from "../asked.ts";
import { Dialog } from "../dialog.tsx";
import { portal } from "../words.ts";
import type { Act, Pin, Policy, Subject } from "./acts.ts";
import { Recorded } from "./recorded.tsx";
import { TemporaryPin } from "./temporary-pin.tsx";
import type { Shown } from "./temporary-pin.tsx";

const TEMPORARY_DIGITS = 4;

export function ActDialog(props: {
  readonly act: Act;
  readonly subjectId: string;
  readonly pin: Pin;
  readonly onDone: (subject: Subject) => void;
  readonly onClosed: () => void;
}) {
  const { act, pin, subjectId } = props;
  const words = portal.value;
  const text = words.acts[act];
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const done = useSignal<Subject | null>(null);
  // The only place that a temporary PIN is in, and only until the dialog is closed.
  const shown = useSignal<Shown | null>(null);
  const chooses = useSignal(false);
  const field = useRef<PinFieldHandle>(null);
  // Confirmed again after a lost answer it is the same act, and is done once.
  const key = useRef(idempotencyKey());

  const confirm = async (event: SubmitEvent) => {
    event.preventDefault();
    const chosen = chooses.value ? (field.current?.take() ?? "") : null;
    if (chosen !== null) key.current = idempotencyKey();
    busy.value = true;
    problem.value = null;
    const answer = await perform(act, subjectId, pin.policy, chosen, key.current);
    busy.value = false;
    if (!answer.ok) {
      problem.value = answer.problem;
      if (chosen !== null) field.current?.focus();
      return;
    }
    shown.value = answer.data.shown;
    done.value = answer.data.subject;
    props.onDone(answer.data.subject);
  };
  const closed = () => {
    shown.value = null;
    props.onClosed();
  };
  // A browser may keep the page that is left, and show it again as it was.
  useEffect(() => {
    addEventListener("pagehide", closed);
    return () => removeEventListener("pagehide", closed);
  }, []);

  return (
    <Dialog title={done.value === null ? text.question : text.done} busy={busy.value} onClosed={closed}>
      {(close) =>
        done.value === null ? (
          <form method="post" onSubmit={(event) => void confirm(event)}>
            {text.effects(pin).map((effect) => (
              <p key={effect}>{effect}</p>
            ))}
            {act === "temporary" && (
              <>
                <label class="check">
                  <input
                    type="checkbox"
                    checked={chooses.value}
                    onChange={({ currentTarget }) => (chooses.value = currentTarget.checked)}
                  />
                  {words.choose.label}
                </label>
                {chooses.value && (
                  <PinField
                    label={words.choose.field}
                    digits={TEMPORARY_DIGITS}
                    handle={field}
                    hint={words.choose.advice}
                    disabled={busy.value}
                  />
                )}
              </>
            )}
            {problem.value !== null && <Notice kind="error">{explain(problem.value)}</Notice>}
            <div class="actions">
              <button type="submit" class="button button-main" disabled={busy.value}>
                {busy.value ? shared.value.loading : text.confirm}
              </button>
              <button type="button" class="button" disabled={busy.value} onClick={close}>
                {shared.value.cancel}
              </button>
            </div>
          </form>
        ) : (
          <>
            <Notice kind="success">{text.result}</Notice>
            {shown.value !== null && <TemporaryPin shown={shown.value} />}
            <Recorded event={done.value} />
            <div class="actions">
              <button type="button" class="button button-main" onClick={close}>
                {shared.value.close}
              </button>
            </div>
          </>
        )
      }
    </Dialog>
  );
}

type Performed = { readonly subject: Subject; readonly shown: Shown | null };

async function perform(
  act: Act,
  id: string,
  policy: Policy,
  chosen: string | null,
  key: ReturnType<typeof idempotencyKey>,
): Promise<Answer<Performed>> {
  const params = { path: { id }, header: key };
  if (act === "temporary") {
    const body = chosen === null ? {} : { pin: chosen };
    const answer = await asked(api.POST("/api/admin/subjects/{id}/temporary-pin", { params, body }));
    if (!answer.ok) return answer;
    // Apart from what the page keeps of the customer.
    const { temporaryPin, temporaryPinWithheld, expiresAt, triesAllowed, ...subject } = answer.data;
    const shown = { pin: temporaryPin, withheld: temporaryPinWithheld, expiresAt, triesAllowed };
    return { ok: true, data: { subject, shown } };
  }
  if (policy === "fra") throw new Error("nothing is offered for an FRA PIN");
  const answer = await (act === "reset"
    ? asked(api.POST("/api/admin/subjects/{id}/reset", { params, body: { policy } }))
    : asked(api.POST("/api/admin/subjects/{id}/unlock", { params, body: { policy } })));
  return answer.ok ? { ok: true, data: { subject: answer.data, shown: null } } : answer;
}
