import { Refusal } from "../../server/domain/errors.ts";

/** The refusal that the call throws, or null if it goes through. Anything else thrown is a bug, and goes on. */
export function refusalOf(call: () => unknown): Refusal | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
