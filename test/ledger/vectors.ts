import { readFileSync } from "node:fs";

/** A checked-in vector file. The caller states its shape, which test/vectors/generate gives it. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as T;
}

/** The code of the refusal that `act` throws, or "accepted". */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  return "accepted";
}
