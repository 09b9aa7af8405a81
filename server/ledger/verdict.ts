/** The checks of `verifyReceipt`, in the order in which they are made. */
export const CHECKS = [
  "receipt",
  "payload",
  "checkpoint",
  "ledger",
  "inclusion",
  "chain",
  "contract",
  "transaction",
  "anchor",
  "root",
] as const;

export type CheckName = (typeof CHECKS)[number];

/** `skipped` when there was nothing to check against; `unavailable` when the chain gave no answer. */
export type CheckStatus = "passed" | "failed" | "skipped" | "unavailable";

export interface Check {
  readonly name: CheckName;
  readonly status: CheckStatus;
  /** One sentence for people. */
  readonly detail: string;
}

/**
 * How much the verdict rests on. Look at it beside `ok`:
 *
 *     none       on nothing: the receipt agrees with itself, which a forger's does too
 *     offline    on the ledger's key: the operator signed for it, and could have signed for something else
 *     chain      on the trusted contract: the operator can neither change nor deny it
 */
export type VerdictLevel = "none" | "offline" | "chain";

export interface Verdict {
  /** No check failed and none was unavailable. */
  readonly ok: boolean;
  readonly level: VerdictLevel;
  /** The chain gave no answer: neither yes nor no. Never together with `failed`. */
  readonly couldNotCheck: boolean;
  /** The first, and only, check that failed. */
  readonly failed?: CheckName;
  /** All checks, in order; those after a failure are `skipped`. */
  readonly checks: readonly Check[];
}

/** What a verdict comes to, for whoever wants to rely on the receipt. */
export type Conclusion = "verified" | "does_not_hold" | "could_not_check";

/** A receipt that the chain does not bear out yet rests on the operator's word: that is not verified. */
export function conclusionOf({ ok, level, couldNotCheck }: Verdict): Conclusion {
  if (couldNotCheck) return "could_not_check";
  if (!ok) return "does_not_hold";
  return level === "chain" ? "verified" : "could_not_check";
}

export type Outcome<T> =
  | { readonly status: "passed" | "skipped"; readonly detail: string; readonly value: T }
  | { readonly status: "failed" | "unavailable"; readonly detail: string };

/** Makes one check, notes its outcome and hands on its value; ends the run when there is none. */
export type CheckRunner = <T>(name: CheckName, make: () => Outcome<T> | Promise<Outcome<T>>) => Promise<T>;

export function passed<T>(value: T, detail: string): Outcome<T> {
  return { status: "passed", detail, value };
}

export function skipped<T>(value: T, detail: string): Outcome<T> {
  return { status: "skipped", detail, value };
}

export function failed(detail: string): Outcome<never> {
  return { status: "failed", detail };
}

export function unavailable(detail: string): Outcome<never> {
  return { status: "unavailable", detail };
}

/**
 * Runs checks up to the first that fails. What a check throws becomes its outcome: input is hostile.
 * @param onCheck told of each check as it ends, those that were not reached included
 */
export async function runChecks(
  run: (check: CheckRunner) => Promise<void>,
  onCheck: (check: Check) => void = () => {},
): Promise<readonly Check[]> {
  const made: Check[] = [];
  const note = (check: Check): void => {
    made.push(check);
    onCheck(check);
  };
  const check: CheckRunner = async (name, make) => {
    const outcome = await attempt(name, make);
    note({ name, status: outcome.status, detail: printable(outcome.detail) });
    if ("value" in outcome) return outcome.value;
    throw new CheckFailed();
  };
  try {
    await run(check);
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
  }
  for (const name of CHECKS.slice(made.length)) note({ name, status: "skipped", detail: "Not reached." });
  return made;
}

/** The verdict that follows from the checks. `trustedContract`: whether the auditor named the contract. */
export function verdictOf(checks: readonly Check[], trustedContract: boolean): Verdict {
  const statusOf = (name: CheckName): CheckStatus | undefined => checks.find((c) => c.name === name)?.status;
  const failure = checks.find(({ status }) => status === "failed");
  const couldNotCheck = checks.some(({ status }) => status === "unavailable");
  const offline: VerdictLevel = statusOf("checkpoint") === "passed" ? "offline" : "none";
  return {
    ok: failure === undefined && !couldNotCheck,
    level: statusOf("root") === "passed" && trustedContract ? "chain" : offline,
    couldNotCheck,
    ...(failure === undefined ? {} : { failed: failure.name }),
    checks,
  };
}

class CheckFailed extends Error {}

async function attempt<T>(
  name: CheckName,
  make: () => Outcome<T> | Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return ASKS_THE_CHAIN.has(name)
      ? unavailable(`The chain could not be asked: ${why}.`)
      : failed(sentence(why));
  }
}

/** In these the only thing that can throw is the reader, and its trouble says nothing about the receipt. */
const ASKS_THE_CHAIN: ReadonlySet<CheckName> = new Set(["chain", "transaction", "anchor", "root"]);

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A detail may quote the adversary, and is printed on terminals: no escape sequence, no change of direction. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\ufffd");
}
