import { createReplay } from "../../../server/audit/replay/index.ts";
import type { Finding, Replay } from "../../../server/audit/replay/index.ts";
import type { Payload } from "./world.ts";

export function feed(replay: Replay, payloads: readonly (Payload | null)[], from = 0): Finding[] {
  return payloads.flatMap((payload, at) =>
    payload === null ? replay.erased(from + at) : replay.accept(from + at, payload),
  );
}

export function replayed(payloads: readonly (Payload | null)[]): Finding[] {
  const replay = createReplay();
  return [...feed(replay, payloads), ...replay.end()];
}
