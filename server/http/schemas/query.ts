/** Values that come in an address, where everything is text: one spelling each, and no coercion. */
import { z } from "zod";
import { fromBase64, fromUtf8, toBase64, toUtf8 } from "../../ledger/index.ts";

/** A whole number up to 2^48, the largest tree. `Number` alone would also read "", " 1", "1e3" and "0x10". */
export const naturalInput = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, "expected a whole number")
  .transform(Number)
  .refine((value) => value <= 2 ** 48, "expected at most 2^48")
  .meta({ type: "integer", minimum: 0, maximum: 2 ** 48, pattern: undefined });

/** As in answers: UTC. The milliseconds may be left out. */
export const instantInput = z.iso.datetime().transform((text) => Date.parse(text));

/**
 * Where a list goes on. Clients are not to read it or make it up, so that it can come to hold more than the index that
 * it holds now.
 */
export const cursorOf = (index: number): string => toBase64(toUtf8(`v1:${index}`));

export const cursorInput = z
  .string()
  .max(64)
  .transform((text, context) => {
    const index = indexOf(text);
    if (index !== null) return index;
    context.addIssue({ code: "custom", message: "expected a cursor as `nextCursor` gave it" });
    return z.NEVER;
  });

function indexOf(cursor: string): number | null {
  try {
    const index = Number(/^v1:(\d{1,15})$/.exec(fromUtf8(fromBase64(cursor)))?.[1]);
    return cursorOf(index) === cursor ? index : null;
  } catch {
    return null;
  }
}
