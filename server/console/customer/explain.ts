import type { Answer, Problem } from "../shared/api.ts";
import { leftOf } from "../shared/duration.ts";
import { explain } from "../shared/explain.ts";
import { shared } from "../shared/words.ts";
import type { Fault } from "./submission.tsx";
import { reasonTexts, texts, weakTexts } from "./words/index.ts";

/** A refusal in words for a customer: by its reason where that says more than the code. */
export function explainToCustomer(problem: Problem): string {
  const { code, reason } = problem;
  if (code === "UNREACHABLE" || code === "UNREADABLE") return `${explain(problem)} ${texts.value.uncertain}`;
  if (reason === undefined) return explain(problem);
  if (code.endsWith("WEAK_PIN_REJECTED")) {
    const { sentence, rules } = weakTexts.value;
    const why = rules[reason];
    return why === undefined ? explain(problem) : sentence(why);
  }
  return reasonTexts.value[reason] ?? explain(problem);
}

/** As long as it takes, in the two largest units that say something. */
export function inWords(seconds: number): string {
  const { days, hours, minutes, seconds: rest } = leftOf(seconds * 1000);
  const words = shared.value;
  const parts = [
    days > 0 ? words.days(days) : null,
    hours > 0 ? words.hours(hours) : null,
    minutes > 0 ? words.minutes(minutes) : null,
    rest > 0 ? words.seconds(rest) : null,
  ];
  return parts
    .filter((part) => part !== null)
    .slice(0, 2)
    .join(" ");
}

/** Null where there is nothing to explain. */
export async function faultOf(answered: Promise<Answer<unknown>>): Promise<Fault | null> {
  const answer = await answered;
  return answer.ok ? null : () => explainToCustomer(answer.problem);
}
