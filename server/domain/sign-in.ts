/** How a sign-in by the bank's own login may fail, in words that a page has a sentence for. */
export const SIGN_IN_FAILURES = [
  /** The person, or the provider, said no. */
  "denied",
  /** Nothing is under way in this browser: it took too long, was finished before, or never began here. */
  "expired",
  /** What came back belongs to another sign-in than the one that is under way. */
  "mismatch",
  /** The provider is away, or says that it is busy. */
  "unavailable",
  /** The provider did not do as agreed: a wrong client, an answer that is none. */
  "provider",
  /** Its access token is not good here: of another audience, opaque, expired. */
  "token",
  /** Its access token is longer than a cookie may be. */
  "token_too_large",
  /** A fresh login was asked for, and the access token does not say that there was one. */
  "not_fresh",
] as const;

export type SignInFailure = (typeof SIGN_IN_FAILURES)[number];

export const isSignInFailure = (text: string | null): text is SignInFailure =>
  SIGN_IN_FAILURES.some((failure) => failure === text);
