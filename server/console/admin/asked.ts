import { ask } from "../shared/api.ts";
import type { Answer } from "../shared/api.ts";
import { load } from "../shared/sign-in-state.ts";

/** As `ask`; and where the sign-in has ended, the page finds out and asks for it again. */
export const asked: typeof ask = async <T>(call: Parameters<typeof ask<T>>[0]): Promise<Answer<T>> => {
  const answer = await ask(call);
  if (!answer.ok && answer.problem.code === "UNAUTHENTICATED") await load();
  return answer;
};
