/** What the user of this session must do next. The service decides it; a page that is told something else goes there. */
import { signal } from "@preact/signals";
import { api, ask } from "../shared/api.ts";
import type { Answer, Problem, Schemas } from "../shared/api.ts";
import { load, session } from "../shared/sign-in-state.ts";
import { isRecorded } from "./operation.ts";
import type { Recorded } from "./operation.ts";

/** `turn` tells one answer from another that says the same. */
export type Step = Told & { readonly turn: number };
type Told = Pick<Schemas["SessionStep"], "next" | "reason" | "retryAfterSeconds">;
export type Done = "create" | "enter" | "change" | "reset";

export const step = signal<Step | null>(null);
/** Why it is not known. */
export const stepTrouble = signal<Problem | null>(null);
/** What was done last in this session, and its entry in the ledger; also a wrong guess has one. */
export const lastDone = signal<{ readonly done: Done | null; readonly recorded: Recorded } | null>(null);
/** Why the screen is suddenly another: somebody else, or another tab, was faster. */
export const overtaken = signal<Problem | null>(null);
/** The sign-in came to its end while the page was open. */
export const signInEnded = signal(false);

/** Of answers that cross, the one to the later question counts; what an operation answers, counts in any case. */
let turns = 0;
/** Whoever is signed in now is told nothing of what came of an operation of whoever was before. */
let visits = 0;

export async function askStep(): Promise<void> {
  const turn = ++turns;
  const answer = await ask(api.GET("/api/session"));
  if (turn !== turns) return;
  if (!answer.ok && answer.problem.status === 401) return endSignIn();
  if (answer.ok) step.value = { ...answer.data, turn };
  stepTrouble.value = answer.ok ? null : answer.problem;
}

export function forgetStep(): void {
  turns++;
  visits++;
  step.value = stepTrouble.value = lastDone.value = overtaken.value = null;
}

/** Sends an operation and goes where its answer says. Where it is refused since things have changed, asks anew. */
export async function operate<T extends Told & Recorded>(
  done: Done,
  call: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<Answer<T>> {
  overtaken.value = null;
  const visit = visits;
  const answer = await ask(call);
  if (visit !== visits) return answer;
  if (answer.ok) {
    const { next, reason, retryAfterSeconds } = answer.data;
    step.value = { next, reason, retryAfterSeconds, turn: ++turns };
    stepTrouble.value = null;
    lastDone.value = { done: next === "none" ? done : null, recorded: answer.data };
  } else {
    if (isRecorded(answer.problem)) lastDone.value = { done: null, recorded: answer.problem };
    await catchUp(answer.problem);
  }
  return answer;
}

/** 401: signed out meanwhile. 409, 423: what was asked for does not fit how things stand. */
async function catchUp(problem: Problem): Promise<void> {
  if (problem.status === 401) return endSignIn();
  if (problem.status !== 409 && problem.status !== 423) return;
  const before = step.value?.next;
  await askStep();
  if (step.value?.next !== before && problem.status === 409) overtaken.value = problem;
}

async function endSignIn(): Promise<void> {
  await load();
  signInEnded.value = session.value?.signedIn === false;
}
