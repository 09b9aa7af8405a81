/** Which call meets which fault: decided by the seed, the method and how often it was called, so that it can be replayed. */
import { seededRandom } from "../random.ts";
import type { Random } from "../random.ts";

export const FAULTS = [
  /** Cut before the node saw it. */
  "drop-request",
  /** Taken and never answered; the node never saw it. */
  "hang-request",
  /** Done, and cut before the answer. */
  "drop-response",
  /** Done, and never answered. */
  "hang-response",
  /** Done, and answered with an error. */
  "failed-but-done",
  /** Answered with an error; the node never saw it. */
  "error",
  /** Done late. */
  "delay",
  /** Done twice. */
  "duplicate",
  /** Done, and answered with something that is no JSON-RPC. */
  "malformed",
  /** Answered by a node that lags behind. */
  "stale",
] as const;

export type Fault = (typeof FAULTS)[number];

export interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Decision {
  readonly fault: Fault;
  /** For the details of this very fault. */
  readonly random: Random;
}

/** Called for each call; null: it goes through. */
export type FaultPlan = (method: string, ordinal: number) => Decision | null;

export const NO_FAULTS: FaultPlan = () => null;

/** Every call with the given probability, any fault of those given. */
export function seededFaults(
  seed: number,
  probability: number,
  faults: readonly Fault[] = FAULTS,
): FaultPlan {
  return (method, ordinal) => {
    const random = seededRandom(mix(seed, method, ordinal));
    return random.chance(probability) ? { fault: random.pick(faults), random } : null;
  };
}

/** FNV-1a over all three. */
function mix(seed: number, method: string, ordinal: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const char of `${method}#${ordinal}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** What nodes of several makes say, each with its code. */
export const RPC_ERRORS = [
  { code: -32000, message: "already known" },
  { code: -32000, message: "nonce too low" },
  { code: -32000, message: "replacement transaction underpriced" },
  { code: -32000, message: "header not found" },
  { code: -32000, message: "transaction underpriced" },
  { code: -32000, message: "txpool is full" },
  { code: -32005, message: "daily request count exceeded, request rate limited" },
  { code: -32603, message: "Internal error" },
  { code: -32601, message: "the method does not exist / is not available" },
  { code: 429, message: "Too Many Requests" },
] as const;

export const MALFORMED = [
  "",
  "<html><body><h1>502 Bad Gateway</h1></body></html>",
  '{"jsonrpc":"2.0","id":1,"resu',
  "null",
  "[]",
  '"0x1"',
  '{"jsonrpc":"2.0","id":987654321,"result":"0x1"}',
  '{"jsonrpc":"2.0"}',
] as const;
