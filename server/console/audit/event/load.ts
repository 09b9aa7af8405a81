/** One event, with what proves it. */
import { ask } from "../../shared/api.ts";
import type { Answer, Schemas } from "../../shared/api.ts";
import { service } from "../access.ts";
import { pathOfReceipt, pathOfTiles } from "./proof.ts";
import type { DrawnPath } from "./proof.ts";

export interface LoadedEvent {
  readonly event: Schemas["LedgerEvent"];
  /** Null where it was erased, or is not for this visitor. */
  readonly receipt: Schemas["Receipt"] | null;
  /** Null where the chain does not reach it yet; "failed" where it could not be fetched, or makes no sense. */
  readonly path: DrawnPath | null | "failed";
}

export async function loadEvent(id: string): Promise<Answer<LoadedEvent>> {
  const params = { path: { id } };
  const answer = await ask(service.GET("/api/ledger/events/{id}", { params }));
  if (!answer.ok) return answer;
  const event = answer.data;
  if (event.payloadStatus !== "present")
    return { ok: true, data: { event, receipt: null, path: await tiled(event) } };
  const proven = await ask(service.GET("/api/ledger/events/{id}/receipt", { params }));
  // Erased between the two questions: then it is told without.
  if (!proven.ok) return proven.problem.status === 410 ? loadEvent(id) : proven;
  return { ok: true, data: { event, receipt: proven.data, path: receipted(event, proven.data) } };
}

function receipted(event: Schemas["LedgerEvent"], receipt: Schemas["Receipt"]): DrawnPath | "failed" {
  try {
    return pathOfReceipt(event, receipt) ?? "failed";
  } catch {
    return "failed";
  }
}

const tiled = (event: Schemas["LedgerEvent"]): Promise<DrawnPath | null | "failed"> =>
  pathOfTiles(event, async (path) => {
    const response = await fetch(`/api/ledger/${path}`, { redirect: "error" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }).catch(() => "failed" as const);
