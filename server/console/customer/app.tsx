import { LocationProvider, Route, Router, useLocation } from "preact-iso/router";
import { Notice } from "../shared/notice.tsx";
import { Shell } from "../shared/shell.tsx";
import { session } from "../shared/sign-in-state.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { Onboarding } from "./onboarding/onboarding.tsx";
import { Change } from "./screens/change.tsx";
import { Forgot } from "./screens/forgot.tsx";
import { Home } from "./screens/home.tsx";
import { SignedIn } from "./signed-in.tsx";
import { signInEnded } from "./step.ts";
import { onboardingTexts, texts } from "./words/index.ts";

/** Ours; links to the other pages of the console leave this one. */
const SCOPE = /^\/console(\/(change|forgot|onboarding))?\/?$/;

export function App() {
  return (
    <LocationProvider scope={SCOPE}>
      <Pages />
    </LocationProvider>
  );
}

function Pages() {
  const { path } = useLocation();
  const isSignedIn = session.value?.signedIn === true;
  const title = path === "/console/onboarding" ? onboardingTexts.value.title : texts.value.title;
  return (
    <Shell title={title} nav={isSignedIn ? null : <Nav path={path} />}>
      {isSignedIn ? (
        <SignedIn>
          <Router>
            <Route path="/console" component={Home} />
            <Route path="/console/change" component={Change} />
            <Route path="/console/forgot" component={Forgot} />
            <Route path="/console/onboarding" component={Onboarding} />
            <Route default component={Nowhere} />
          </Router>
        </SignedIn>
      ) : (
        <Router>
          <Route path="/console/onboarding" component={Onboarding} />
          <Route default component={Welcome} />
        </Router>
      )}
    </Shell>
  );
}

function Nav({ path }: { readonly path: string }) {
  const words = texts.value;
  const pages = [
    ["/console", words.title],
    ["/console/onboarding", words.onboardingTitle],
  ] as const;
  return (
    <nav aria-label={words.pages}>
      {pages.map(([address, name]) => (
        <a key={address} href={address} aria-current={path === address ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function Welcome() {
  const words = texts.value;
  return <SignIn title={words.signInTitle} lead={signInEnded.value ? words.signInEnded : words.signInLead} />;
}

function Nowhere() {
  const words = texts.value;
  return (
    <>
      <Notice kind="info">{words.nowhere}</Notice>
      <a href="/console">{words.title}</a>
    </>
  );
}
