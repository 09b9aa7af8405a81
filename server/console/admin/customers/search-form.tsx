/** Finds a customer. What was typed goes into a request's body: addresses are logged, and kept in histories. */
import { useSignal } from "@preact/signals";
import { api, idempotencyKey } from "../../shared/api.ts";
import type { Problem } from "../../shared/api.ts";
import { digitsOf } from "../../shared/digits.ts";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { shared } from "../../shared/words.ts";
import { asked } from "../asked.ts";
import { portal } from "../words.ts";
import type { Found } from "./customer.tsx";

type By = "phone" | "account";

let searches = 0;

export function SearchForm({ onFound }: { readonly onFound: (found: Found | null) => void }) {
  const words = portal.value.search;
  const by = useSignal<By>("phone");
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get("sought");
    const sought = soughtBy(by.value, typeof typed === "string" ? typed : "");
    busy.value = true;
    problem.value = null;
    onFound(null);
    const answer = await asked(
      api.POST("/api/admin/subjects/search", {
        params: { header: { Prefer: "respond-async", ...idempotencyKey() } },
        body: by.value === "phone" ? { phoneNumber: sought } : { account: sought },
      }),
    );
    busy.value = false;
    if (!answer.ok) problem.value = answer.problem;
    else onFound({ search: ++searches, sought, subject: answer.data });
  };

  return (
    // Were there no script, a form would put what was typed into the address, unless it says how it is sent.
    <form class="card" method="post" role="search" onSubmit={(event) => void submit(event)}>
      <fieldset class="choices">
        <legend>{words.by}</legend>
        {(["phone", "account"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name="by" checked={by.value === one} onChange={() => (by.value = one)} />
            {words.kinds[one]}
          </label>
        ))}
      </fieldset>
      <div class="search-row">
        <div class="field">
          <label for="sought">{words.kinds[by.value]}</label>
          <input
            key={by.value}
            id="sought"
            name="sought"
            required
            dir="ltr"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="sought-hint"
            {...(by.value === "phone"
              ? { type: "tel", placeholder: "+201234567890", maxLength: 32 }
              : { type: "text", maxLength: 255 })}
          />
        </div>
        <button type="submit" class="button button-main" disabled={busy.value}>
          {busy.value ? shared.value.loading : words.search}
        </button>
      </div>
      <p class="hint" id="sought-hint">
        {words.recorded}
      </p>
      {problem.value !== null && (
        <Notice kind={problem.value.code === "NOT_FOUND" ? "warning" : "error"}>
          {inWords(problem.value, by.value)}
        </Notice>
      )}
    </form>
  );
}

/** A number as people write it, with spaces and brackets, or digits of their own script; in E.164 it is one. */
function soughtBy(by: By, typed: string): string {
  if (by === "account") return typed.trim();
  return (typed.includes("+") ? "+" : "") + digitsOf(typed);
}

function inWords(problem: Problem, by: By): string {
  const words = portal.value.search;
  if (problem.code === "NOT_FOUND") return words.unknown[by];
  return problem.code === "VALIDATION_ERROR" && by === "phone" ? words.noNumber : explain(problem);
}
