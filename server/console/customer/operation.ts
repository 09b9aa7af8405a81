import { idempotencyKey } from "../shared/api.ts";
import type { Schemas } from "../shared/api.ts";

/** An operation's event, as its answer names it. */
export type Recorded = Pick<Schemas["SessionStepDone"], "eventId" | "txHash" | "blockNumber" | "anchor">;

/** With what every operation is sent: done once, and answered without waiting for a block, which may take long. */
export const operation = () =>
  ({ params: { header: { Prefer: "respond-async", ...idempotencyKey() } } }) as const;

/** Refusals are events too, where a guess was made. */
export const isRecorded = (answer: object): answer is Recorded =>
  "eventId" in answer && typeof answer.eventId === "string" && "anchor" in answer;
