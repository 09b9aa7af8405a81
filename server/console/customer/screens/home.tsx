/** What the PIN stands before: here, a page that says so. */
import { Notice } from "../../shared/notice.tsx";
import { session } from "../../shared/sign-in-state.ts";
import { shared } from "../../shared/words.ts";
import { Screen } from "../screen.tsx";
import { lastDone } from "../step.ts";
import { texts } from "../words/index.ts";

export function Home() {
  const words = texts.value.home;
  const done = lastDone.value?.done ?? null;
  const told = done === null ? "" : words.done[done];
  return (
    <Screen title={words.title}>
      {told !== "" && <Notice kind="success">{told}</Notice>}
      <p>{words.lead}</p>
      <p>{shared.value.signedInAs(session.value?.name ?? "")}</p>
      <p class="actions">
        <a class="button" href="/console/change">
          {words.change}
        </a>
      </p>
    </Screen>
  );
}
