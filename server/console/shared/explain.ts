import type { Problem } from "./api.ts";
import { shared } from "./words.ts";

/** A refusal in words for whoever is at the page. The FRA surface prefixes the codes that mean the same elsewhere. */
export function explain({ code }: Problem): string {
  const { problems, otherProblem } = shared.value;
  return problems[code.replace(/^FRA_/, "")] ?? otherProblem(code);
}
