/** Where an act's event stands: in which transaction and block, or that it is on its way there. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../../shared/api.ts";
import type { Schemas } from "../../shared/api.ts";
import { asked } from "../asked.ts";
import { portal } from "../words.ts";

const LOOK_AGAIN_MS = 2_000;

export function Recorded({ event }: { readonly event: Schemas["SupportedSubject"] }) {
  const words = portal.value.recorded;
  const anchor = useSignal<Pick<Schemas["Anchor"], "txHash" | "blockNumber">>(event.anchor);
  const { txHash, blockNumber } = anchor.value;
  useEffect(() => {
    if (txHash !== null) return;
    const look = async () => {
      const params = { path: { id: event.eventId } };
      const answer = await asked(api.GET("/api/ledger/events/{id}", { params }));
      if (answer.ok) anchor.value = answer.data.anchor;
    };
    const timer = setInterval(() => void look(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [txHash]);
  return (
    <dl class="facts" aria-live="polite">
      <dt>{words.transaction}</dt>
      <dd class="mono" dir="ltr">
        {txHash ?? "…"}
      </dd>
      <dt>{words.block}</dt>
      <dd>{blockNumber ?? words.pending}</dd>
    </dl>
  );
}
