import { CHECKS } from "../../../ledger/index.ts";
import type { CheckStatus } from "../../../ledger/index.ts";
import { Quoted } from "../value.tsx";
import type { Verification } from "./state.ts";
import { verifyWords } from "./words.ts";

const MARKS: Readonly<Record<CheckStatus | "waiting", string>> = {
  passed: "✓",
  failed: "✕",
  skipped: "–",
  unavailable: "?",
  waiting: "…",
};

/** Every check with its outcome, as they come. */
export function Checks({ verification }: { readonly verification: Verification }) {
  const words = verifyWords.value;
  const { checks, conclusion } = verification;
  return (
    <ol class="checks" aria-label={words.checks} aria-busy={conclusion === null}>
      {CHECKS.map((name, i) => {
        const check = checks[i];
        const status = check?.status ?? "waiting";
        return (
          <li
            key={`${name} ${status}`}
            class={`check check-${status}`}
            data-check={name}
            data-status={status}
          >
            <span class="check-mark" aria-hidden="true">
              {MARKS[status]}
            </span>
            <span class="check-name">{words.names[name]}</span>
            <span class="check-status">{words.statuses[status]}</span>
            {check !== undefined && (
              <span class="check-detail" dir="ltr">
                <code>{name}</code> <Quoted text={check.detail} language="en" />
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** What it comes to, in words. */
export function VerdictOf({ verification }: { readonly verification: Verification }) {
  const words = verifyWords.value;
  const { checks, conclusion } = verification;
  if (conclusion === null) return <p>{words.running}</p>;
  const failed = checks.find(({ status }) => status === "failed");
  const unanswered = checks.find(({ status }) => status === "unavailable");
  if (conclusion === "verified") {
    return (
      <div class="verdict verdict-verified">
        <h2 class="first">{words.verified}</h2>
        <p>{words.verifiedSays}</p>
      </div>
    );
  }
  if (failed !== undefined) {
    return (
      <div class="verdict verdict-failed">
        <h2 class="first">{words.doesNotHold}</h2>
        <p>
          {words.doesNotHoldSays(words.names[failed.name])} <code>{failed.name}</code>
        </p>
        <p dir="ltr">
          <Quoted text={failed.detail} language="en" />
        </p>
      </div>
    );
  }
  return (
    <div class="verdict verdict-unknown">
      <h2 class="first">{words.couldNotCheck}</h2>
      {unanswered === undefined ? (
        <p>{words.notYetSays}</p>
      ) : (
        <>
          <p>
            {words.noAnswerSays(words.names[unanswered.name])} <code>{unanswered.name}</code>
          </p>
          <p>{words.noAnswerHint}</p>
        </>
      )}
    </div>
  );
}
