/** Who is signed in, and what the service says of itself: asked once per page, and after each sign-in or out. */
import { signal } from "@preact/signals";
import { isSignInFailure } from "../../domain/sign-in.ts";
import type { SignInFailure } from "../../domain/sign-in.ts";
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

const asked = new URLSearchParams(location.search).get("signin");
/** Why the sign-in failed that led to this page; null where none did, or once it was read. */
export const signInFailure = signal<SignInFailure | null>(isSignInFailure(asked) ? asked : null);
// Told once: not again by a reload, nor to whoever gets the address.
if (asked !== null) history.replaceState(history.state, "", location.pathname);

/** @param fresh whether people must show who they are although they are signed in, as to replace a forgotten PIN */
export function signInAddress({ fresh = false } = {}): string {
  return `/console/sign-in?${new URLSearchParams({ to: location.pathname, ...(fresh ? { fresh: "1" } : {}) })}`;
}

/** Ends the session's PIN as well: whoever comes next must show it again. */
export async function signOut(): Promise<void> {
  await ask(api.DELETE("/api/session", { params: { header: { Prefer: "respond-async" } } }));
  const left = await ask(api.DELETE("/console/session"));
  session.value = { signedIn: false, name: null, admin: false };
  // The provider would sign the next visitor in as this one, unasked, as long as its own session lasts.
  if (left.ok && left.data !== undefined) location.assign(left.data.signOutUrl);
}
