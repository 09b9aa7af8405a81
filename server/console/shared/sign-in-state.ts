/** Who is signed in, and what the service says of itself: asked once per page, and after each sign-in or out. */
import { signal } from "@preact/signals";
import { api, ask } from "./api.ts";
import type { Problem, Schemas } from "./api.ts";

export type ConsoleConfig = Schemas["ConsoleConfig"];
export type ConsoleSession = Schemas["ConsoleSession"];

export const config = signal<ConsoleConfig | null>(null);
export const session = signal<ConsoleSession | null>(null);
/** Why the two above are still null. */
export const trouble = signal<Problem | null>(null);

export async function load(): Promise<void> {
  trouble.value = null;
  const [configured, signedIn] = await Promise.all([
    ask(api.GET("/console/config")),
    ask(api.GET("/console/session")),
  ]);
  if (!configured.ok) trouble.value = configured.problem;
  else if (!signedIn.ok) trouble.value = signedIn.problem;
  else {
    config.value = configured.data;
    session.value = signedIn.data;
  }
}

export async function signIn(person: Schemas["ConsoleSignIn"]): Promise<Problem | null> {
  const answer = await ask(api.POST("/console/session", { body: person }));
  if (!answer.ok) return answer.problem;
  await load();
  return null;
}

/** Ends the session's PIN as well: whoever comes next must show it again. */
export async function signOut(): Promise<void> {
  await ask(api.DELETE("/api/session", { params: { header: { Prefer: "respond-async" } } }));
  await ask(api.DELETE("/console/session"));
  session.value = { signedIn: false, name: null, admin: false };
}
