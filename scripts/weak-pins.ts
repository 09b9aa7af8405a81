// npm run weak-pins: what share of all six-digit PINs each rule for weak PINs blocks.

import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { WEAK_PIN_RULES } from "../server/domain/weak-pin.ts";
import type { PinContext } from "../server/domain/weak-pin.ts";

const DIGITS = 6;
const SPACE = 10 ** DIGITS;

export interface RuleShare {
  readonly name: string;
  /** PINs that this rule is the first to reject: these add up to the total. */
  first: number;
  /** PINs that break this rule, whichever others they break. */
  all: number;
}

/** Tries every rule on every PIN. */
export function measureWeakPins(context: PinContext = {}): RuleShare[] {
  const shares = WEAK_PIN_RULES.map(({ name }): RuleShare => ({ name, first: 0, all: 0 }));
  for (let number = 0; number < SPACE; number++) {
    const pin = String(number).padStart(DIGITS, "0");
    let rejected = false;
    WEAK_PIN_RULES.forEach((rule, i) => {
      const share = shares[i];
      if (share === undefined || !rule.matches(pin, context)) return;
      share.all++;
      if (!rejected) share.first++;
      rejected = true;
    });
  }
  return shares;
}

function table(shares: readonly RuleShare[]): string {
  const percent = (count: number) => `${((100 * count) / SPACE).toFixed(3)} %`;
  const total = shares.reduce((sum, { first }) => sum + first, 0);
  const rows = [
    ["rule", "first to reject", "share", "rejects in all", "share"],
    ...shares.map(({ name, first, all }) => [name, String(first), percent(first), String(all), percent(all)]),
    ["total", String(total), percent(total), "", ""],
  ];
  return rows
    .map(([name = "", ...numbers]) => name.padEnd(22) + numbers.map((text) => text.padStart(16)).join(""))
    .map((line) => line.trimEnd())
    .join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { phone } = new Command("weak-pins")
    .description("Prints what share of all six-digit PINs each rule for weak PINs blocks.")
    .option("--phone <number>", "count the rule about the customer's own phone number for this number")
    .parse()
    .opts<{ phone?: string }>();
  console.log(table(measureWeakPins({ phoneNumber: phone })));
}
