/** The small print under an operation: where its entry in the ledger is. */
import { CopyButton } from "../shared/copy-button.tsx";
import type { Recorded } from "./operation.ts";
import { isMined, useAnchor } from "./use-anchor.ts";
import { texts } from "./words/index.ts";

export const verifyUrl = (eventId: string): string => `/console/audit?event=${eventId}`;

export function RecordedNote({ recorded }: { readonly recorded: Recorded }) {
  const words = texts.value.recorded;
  const standing = useAnchor(recorded);
  return (
    <section class="recorded" aria-label={words.title}>
      <h2>{isMined(standing) ? words.title : words.pending}</h2>
      <dl class="facts">
        {standing.txHash !== null && (
          <>
            <dt>{words.transaction}</dt>
            <dd>
              <bdi class="mono">{standing.txHash}</bdi> <CopyButton text={standing.txHash} />
            </dd>
          </>
        )}
        {standing.blockNumber !== null && (
          <>
            <dt>{words.block}</dt>
            <dd>{standing.blockNumber}</dd>
          </>
        )}
        <dt>{words.status}</dt>
        <dd>{words.statuses[standing.status]}</dd>
      </dl>
      <a href={verifyUrl(recorded.eventId)}>{words.verify}</a>
    </section>
  );
}
