import { addresses } from "../addresses.ts";
import { AnchorBadge } from "../anchor-badge.tsx";
import { policyName, resultName, typeName } from "../event-words.ts";
import { number } from "../format.ts";
import { Hash, Instant } from "../value.tsx";
import { visible } from "../visible.ts";
import { common } from "../words.ts";
import type { ListedEvent } from "./refreshed.ts";
import { listWords } from "./words.ts";

/** One event in a line. @param props.fresh whether it came while somebody looked */
export function EventRow({ event, fresh }: { readonly event: ListedEvent; readonly fresh: boolean }) {
  const words = listWords.value;
  const { id, index, type, timestamp, anchor } = event;
  const said = saidBy(event);
  return (
    <li class={fresh ? "event-row fresh" : "event-row"}>
      <bdi class="event-index mono" dir="ltr">
        #{number(index)}
      </bdi>
      <span class="event-what">
        <a href={addresses.event(id)}>{typeName(visible(type))}</a>
        {said.result !== null && (
          <span class={`badge result-${said.result}`}>
            <span class="visually-hidden">{words.result}: </span>
            {resultName(said.result)}
          </span>
        )}
        {event.payloadStatus === "erased" && <span class="badge badge-erased">{common.value.erased}</span>}
      </span>
      <Instant iso={timestamp} />
      <span class="event-policy">{said.policy !== null && policyName(said.policy)}</span>
      <span class="event-person">
        {said.identityHash !== null && (
          <a href={addresses.list({ identityHash: said.identityHash })}>
            <span class="visually-hidden">{words.onlyPerson}: </span>
            <Hash value={said.identityHash} />
          </a>
        )}
      </span>
      <span class="event-anchor">
        <AnchorBadge anchor={anchor} />
      </span>
    </li>
  );
}

/** What of a payload stands in the line: it is shown as it is, and may be anything. */
function saidBy({ payload }: ListedEvent) {
  const outcome = payload?.["outcome"];
  const result =
    typeof outcome === "object" && outcome !== null && "result" in outcome ? outcome.result : null;
  return {
    policy: shown(payload?.["policy"]),
    identityHash: shown(payload?.["identityHash"]),
    result: shown(result),
  };
}

const shown = (value: unknown): string | null => (typeof value === "string" ? visible(value) : null);
