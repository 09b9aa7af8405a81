import type { Schemas } from "../shared/api.ts";
import { number } from "./format.ts";
import { common } from "./words.ts";

/** How far an event is on its way to the chain, and in which block. */
export function AnchorBadge({ anchor }: { readonly anchor: Schemas["AnchorStatus"] }) {
  const words = common.value;
  const { status, blockNumber } = anchor;
  return (
    <span class={`badge anchor-${status}`} title={words.statusHints[status]}>
      {words.statuses[status]}
      {blockNumber !== null && ` · ${words.block(number(blockNumber))}`}
    </span>
  );
}
