/** Signing in to the console by the bank's own login: what comes of it is an access token, judged like any other. */
import { Refusal } from "../domain/errors.ts";
import { CLOCK_TOLERANCE_MS } from "../domain/principal.ts";
import type { SignInFailure } from "../domain/sign-in.ts";
import { SECOND } from "../domain/time.ts";
import type { Clock, Logger, OpenIdFlow, OpenIdProvider } from "../ports.ts";
import type { PrimaryAuth } from "./primary-auth.ts";

/** What the browser keeps until it is back. */
export interface SignInFlow extends OpenIdFlow {
  /** Whether people had to show who they are, though they may have been signed in there. */
  readonly fresh: boolean;
  /** In ms. */
  readonly startedAt: number;
}

export interface SignedIn {
  readonly token: string;
  /** How long the token is good for, in ms. */
  readonly lifeMs: number;
}

export interface Failed {
  readonly failed: SignInFailure;
}

export interface ConsoleSignIn {
  /** @returns where the browser must go, and what it must keep */
  begin(wish: {
    readonly fresh: boolean;
  }): Promise<{ readonly url: string; readonly flow: SignInFlow } | Failed>;
  finish(answer: URLSearchParams, flow: SignInFlow): Promise<SignedIn | Failed>;
  signOutUrl(): Promise<string | null>;
}

/** These are somebody's to mend, or to wait for. The others are what people do. */
const TO_MEND: readonly SignInFailure[] = ["unavailable", "provider", "token", "not_fresh"];

export function createConsoleSignIn(deps: {
  readonly provider: OpenIdProvider;
  readonly primaryAuth: PrimaryAuth;
  readonly clock: Clock;
  readonly log: Logger;
}): ConsoleSignIn {
  const { provider, primaryAuth, clock, log } = deps;

  const fail = ({ failed, why }: { readonly failed: SignInFailure; readonly why: string }): Failed => {
    const level = TO_MEND.includes(failed) ? "warn" : "debug";
    log[level]({ failed, why }, "a sign-in to the console failed");
    return { failed };
  };

  return {
    signOutUrl: () => provider.signOutUrl(),

    async begin({ fresh }) {
      const beginning = await provider.begin(fresh);
      if ("failed" in beginning) return fail(beginning);
      return { url: beginning.url, flow: { ...beginning.flow, fresh, startedAt: clock.now() } };
    },

    async finish(answer, flow) {
      const finished = await provider.finish(answer, flow);
      if ("failed" in finished) return fail(finished);
      const { accessToken: token } = finished;
      const user = await primaryAuth.authenticate(token).catch(refusal);
      if (user instanceof Refusal) {
        const failed = user.code === "UNAUTHENTICATED" ? "token" : "unavailable";
        return fail({ failed, why: user.reason ?? user.code });
      }
      // Said now and not by the refusal of what the fresh login was for, which would only ask for another one.
      if (flow.fresh && !isSince(user.authTime, flow.startedAt))
        return fail({ failed: "not_fresh", why: "auth_time" });
      return { token, lifeMs: user.expiresAt - clock.now() };
    },
  };
}

function refusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** Times of tokens are in whole seconds. */
const isSince = (authTime: number | null, startedAt: number): boolean =>
  authTime !== null && authTime >= startedAt - SECOND - CLOCK_TOLERANCE_MS;
