import type { Schemas } from "../../shared/api.ts";
import { AnchorBadge } from "../anchor-badge.tsx";
import { Fact } from "../facts.tsx";
import { number } from "../format.ts";
import { Hash } from "../value.tsx";
import { common } from "../words.ts";
import { eventPageWords } from "./words.ts";

/** Where on a chain an event stands, as the service says. */
export function Anchors({ event }: { readonly event: Schemas["LedgerEvent"] }) {
  const words = eventPageWords.value;
  return (
    <section class="card">
      <h2 class="first">{words.onChain}</h2>
      <AnchorFacts anchor={event.anchor} />
      {event.earlierAnchors.length > 0 && (
        <>
          <h3>{words.earlier}</h3>
          <p class="hint">{words.earlierHint}</p>
          {event.earlierAnchors.map(({ epoch, ...anchor }) => (
            <section key={epoch}>
              <h4>{words.epoch(number(epoch))}</h4>
              <AnchorFacts anchor={anchor} />
            </section>
          ))}
        </>
      )}
    </section>
  );
}

function AnchorFacts({ anchor }: { readonly anchor: Schemas["AnchorStatus"] }) {
  const words = common.value;
  const { status, chainId, contract, txHash, blockNumber, blockHash } = anchor;
  return (
    <dl class="facts">
      <Fact name={words.anchorStatus}>
        <AnchorBadge anchor={{ ...anchor, blockNumber: null }} /> {words.statusHints[status]}
      </Fact>
      <Fact name={words.chainId}>{chainId === null ? "–" : <bdi class="mono">{chainId}</bdi>}</Fact>
      <Fact name={words.contract}>
        <Hash value={contract} whole />
      </Fact>
      <Fact name={words.transaction}>
        <Hash value={txHash} whole />
      </Fact>
      <Fact name={words.blockLabel}>{blockNumber === null ? "–" : number(blockNumber)}</Fact>
      <Fact name={words.blockHash}>
        <Hash value={blockHash} whole />
      </Fact>
    </dl>
  );
}
