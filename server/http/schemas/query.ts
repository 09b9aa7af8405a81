/** Values that come in an address, where everything is text: one spelling each, and no coercion. */
import { z } from "zod";

/** A whole number up to 2^48, the largest tree. `Number` alone would also read "", " 1", "1e3" and "0x10". */
export const naturalInput = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, "expected a whole number")
  .transform(Number)
  .refine((value) => value <= 2 ** 48, "expected at most 2^48")
  .meta({ type: "integer", minimum: 0, maximum: 2 ** 48, pattern: undefined });
