/** Where an event stands on its way to the chain: asked again and again, ever more slowly, until it is final. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ask } from "../shared/api.ts";
import type { Schemas } from "../shared/api.ts";
import type { Recorded } from "./operation.ts";

export type Standing = Pick<Schemas["AnchorStatus"], "status" | "txHash" | "blockNumber">;

const FIRST_MS = 200;
const MOST_MS = 10_000;

export const isMined = ({ status }: Standing): boolean => status === "mined" || status === "final";

export function useAnchor({ eventId, txHash, blockNumber, anchor }: Recorded): Standing {
  const latest = useSignal<(Standing & { readonly of: string }) | null>(null);
  const status: Standing["status"] = anchor.status === "pending" ? "committed" : anchor.status;
  // Until the first answer, and until the one about another event is replaced: what the operation itself said.
  const standing = latest.value?.of === eventId ? latest.value : { status, txHash, blockNumber };

  useEffect(() => {
    if (status === "final") return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const askAfter = (ms: number): void => {
      timer = setTimeout(() => {
        void ask(api.GET("/api/ledger/events/{id}", { params: { path: { id: eventId } } })).then((answer) => {
          if (timer === null) return;
          if (answer.ok) latest.value = { ...answer.data.anchor, of: eventId };
          if (!answer.ok || answer.data.anchor.status !== "final") askAfter(Math.min(ms * 1.5, MOST_MS));
        });
      }, ms);
    };
    askAfter(FIRST_MS);
    return () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    };
  }, [eventId]);
  return standing;
}
