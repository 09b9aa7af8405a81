import { Countdown } from "../../shared/countdown.tsx";
import { Notice } from "../../shared/notice.tsx";
import { Screen } from "../screen.tsx";
import { askStep } from "../step.ts";
import type { Step } from "../step.ts";
import { texts } from "../words/index.ts";

export function Locked({ step }: { readonly step: Step }) {
  const words = texts.value.locked;
  const seconds = step.retryAfterSeconds;
  if (seconds === null) {
    return (
      <Screen title={words.titleForever}>
        <Notice kind="error">{words.reasons[step.reason ?? "too_many_wrong_pins"]}</Notice>
        <p>{words.noWaiting}</p>
        <Reset main />
      </Screen>
    );
  }
  return (
    <Screen title={words.title}>
      <p>{words.because}</p>
      {/* Another answer, another countdown: also where it names as many seconds as the one before. */}
      <Countdown key={step.turn} ms={seconds * 1000} onOver={() => void askStep()} />
      <p>{words.orReset}</p>
      <Reset />
    </Screen>
  );
}

function Reset({ main = false }: { readonly main?: boolean }) {
  return (
    <p class="actions">
      <a class={main ? "button button-main" : "button"} href="/console/forgot">
        {texts.value.locked.reset}
      </a>
    </p>
  );
}
