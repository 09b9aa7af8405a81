/** The time until something is over, ticking; calls back once it is. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockFace, leftOf } from "./duration.ts";
import { shared } from "./words.ts";

export function Countdown({ ms, onOver }: { readonly ms: number; readonly onOver: () => void }) {
  const left = useSignal(ms);
  useEffect(() => {
    // By a clock that nobody can set, and from the service's own count: the device's time of day plays no part.
    const end = performance.now() + ms;
    left.value = ms;
    const timer = setInterval(() => {
      left.value = end - performance.now();
      if (left.value > 0) return;
      clearInterval(timer);
      onOver();
    }, 250);
    return () => clearInterval(timer);
  }, [ms]);
  const parts = leftOf(left.value);
  return (
    <p class="countdown" role="timer" aria-label={spoken(parts)}>
      <span dir="ltr" aria-hidden="true">
        {clockFace(parts)}
      </span>
    </p>
  );
}

function spoken({ days, hours, minutes, seconds }: ReturnType<typeof leftOf>): string {
  const words = shared.value;
  const parts = [
    days > 0 ? words.days(days) : null,
    hours > 0 ? words.hours(hours) : null,
    minutes > 0 ? words.minutes(minutes) : null,
    days === 0 && hours === 0 ? words.seconds(seconds) : null,
  ];
  return parts.filter((part) => part !== null).join(" ");
}
