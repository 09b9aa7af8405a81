import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Countdown } from "../../shared/countdown.tsx";
import { formatInstant } from "../format.ts";
import { portal } from "../words.ts";
import { ActDialog } from "./act-dialog.tsx";
import { offers } from "./acts.ts";
import type { Act, Pin, Subject } from "./acts.ts";

/** One PIN: how it stands, and what may be done about it. */
export function PinCard(props: {
  readonly subjectId: string;
  readonly pin: Pin;
  readonly onChanged: (subject: Subject) => void;
}) {
  const words = portal.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const acting = useSignal<Act | null>(null);
  const wasActing = useRef(false);
  // Of the lock that it shows: when another one comes, the card is told, and looks again.
  const over = useSignal<string | null>(null);
  const waitIsOver = over.value !== null && over.value === props.pin.lockedUntil;
  const pin = waitIsOver ? { ...props.pin, lockedUntil: null, retryAfterSeconds: null } : props.pin;

  // The button that opened the dialog may be gone with what it did; then the keyboard would be nowhere.
  useEffect(() => {
    if (wasActing.current && acting.value === null && document.activeElement === document.body)
      heading.current?.focus();
    wasActing.current = acting.value !== null;
  }, [acting.value]);

  return (
    <article class="card pin-card" aria-labelledby={`pin-${pin.policy}`}>
      <h3 id={`pin-${pin.policy}`} ref={heading} tabIndex={-1}>
        {words.policies[pin.policy]}{" "}
        <span class={`badge badge-${stateOf(pin)}`}>{words.states[stateOf(pin)]}</span>
      </h3>
      <Facts pin={pin} waitIsOver={waitIsOver} onOver={() => (over.value = props.pin.lockedUntil)} />
      {pin.policy === "fra" ? (
        <p class="hint">{words.fraOnly}</p>
      ) : (
        <Acts pin={pin} onAct={(act) => (acting.value = act)} />
      )}
      {acting.value !== null && (
        <ActDialog
          act={acting.value}
          subjectId={props.subjectId}
          pin={pin}
          onDone={props.onChanged}
          onClosed={() => (acting.value = null)}
        />
      )}
    </article>
  );
}

function Facts(props: { readonly pin: Pin; readonly waitIsOver: boolean; readonly onOver: () => void }) {
  const words = portal.value.facts;
  const {
    hasPin,
    temporary,
    temporaryExpiresAt,
    failures,
    attemptsRemaining,
    lockedUntil,
    retryAfterSeconds,
    disabled,
  } = props.pin;
  const locked = lockedUntil !== null && retryAfterSeconds !== null;
  return (
    <>
      {locked && (
        <div class="locked">
          <p>{words.lockedUntil(formatInstant(lockedUntil))}</p>
          <Countdown ms={retryAfterSeconds * 1000} onOver={props.onOver} />
        </div>
      )}
      {props.waitIsOver && <p role="status">{words.waitIsOver}</p>}
      <dl class="facts">
        <dt>{words.pin}</dt>
        <dd>{!hasPin ? words.none : temporary ? words.temporary : words.own}</dd>
        {temporaryExpiresAt !== null && (
          <>
            <dt>{words.endsAt}</dt>
            <dd>
              <time dateTime={temporaryExpiresAt}>{formatInstant(temporaryExpiresAt)}</time>
            </dd>
          </>
        )}
        <dt>{words.failures}</dt>
        <dd>{failures}</dd>
        {hasPin && !locked && !props.waitIsOver && (
          <>
            <dt>{words.attemptsRemaining}</dt>
            <dd>{disabled ? words.noMore : attemptsRemaining}</dd>
          </>
        )}
      </dl>
    </>
  );
}

function Acts({ pin, onAct }: { readonly pin: Pin; readonly onAct: (act: Act) => void }) {
  const words = portal.value;
  const all = offers(pin);
  const hindered = all.flatMap(({ act, hindrance }) => (hindrance === null ? [] : [{ act, hindrance }]));
  return (
    <>
      <div class="actions">
        {all
          .filter(({ hindrance }) => hindrance === null)
          .map(({ act }) => (
            <button
              key={act}
              type="button"
              class={act === "reset" ? "button button-danger" : "button"}
              onClick={() => onAct(act)}
            >
              {words.acts[act].name}
            </button>
          ))}
      </div>
      {hindered.length > 0 && (
        <ul class="not-offered">
          {hindered.map(({ act, hindrance }) => (
            <li key={act}>
              <b>{words.acts[act].name}</b>: {words.hindrances[hindrance]}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type State = "none" | "own" | "temporary" | "locked" | "disabled";

function stateOf({ hasPin, temporary, lockedUntil, disabled }: Pin): State {
  if (disabled) return "disabled";
  if (lockedUntil !== null) return "locked";
  if (!hasPin) return "none";
  return temporary ? "temporary" : "own";
}
