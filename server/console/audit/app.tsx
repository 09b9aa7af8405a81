import { useEffect } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router, lazy, useLocation } from "preact-iso";
import { Notice } from "../shared/notice.tsx";
import { Shell } from "../shared/shell.tsx";
import { shared } from "../shared/words.ts";
import { addresses } from "./addresses.ts";
import { EventsScreen } from "./list/screen.tsx";
import { common } from "./words.ts";

// What they need of hashes, signatures and chains weighs ten times the list: each comes when it is gone to.
const EventScreen = lazy(() => import("./event/screen.tsx").then((m) => m.EventScreen, failed));
const VerifyScreen = lazy(() => import("./verify/screen.tsx").then((m) => m.VerifyScreen, failed));
const LedgerScreen = lazy(() => import("./whole/screen.tsx").then((m) => m.LedgerScreen, failed));
const CheckpointsScreen = lazy(() =>
  import("./checkpoints/screen.tsx").then((m) => m.CheckpointsScreen, failed),
);

/** The connection broke, or the service has other files by now than this page was made with. */
function failed() {
  return function NotLoaded() {
    return (
      <>
        <Notice kind="error">{common.value.notLoaded}</Notice>
        <button type="button" class="button" onClick={() => location.reload()}>
          {shared.value.retry}
        </button>
      </>
    );
  };
}

export function App() {
  return (
    <LocationProvider scope="/console/audit">
      <Explorer />
    </LocationProvider>
  );
}

function Explorer() {
  const { nav, title } = common.value;
  const { path } = useLocation();
  const section = SECTIONS.find(({ address }) => address !== addresses.events && path.startsWith(address));
  const name = nav[section?.name ?? "events"];
  return (
    <Shell title={`${name} · ${title}`} wide nav={<Sections />}>
      <ErrorBoundary>
        <Router onRouteChange={toContent}>
          <Route path="/console/audit" component={EventsScreen} />
          <Route path="/console/audit/events/:id" component={EventScreen} />
          <Route path="/console/audit/verify" component={VerifyScreen} />
          <Route path="/console/audit/ledger" component={LedgerScreen} />
          <Route path="/console/audit/checkpoints" component={CheckpointsScreen} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
    </Shell>
  );
}

const SECTIONS = [
  { name: "events", address: addresses.events },
  { name: "verify", address: addresses.verify },
  { name: "ledger", address: addresses.ledger },
  { name: "checkpoints", address: addresses.checkpoints },
] as const;

function Sections() {
  const { nav, sections } = common.value;
  const { path } = useLocation();
  return (
    <nav aria-label={sections}>
      {SECTIONS.map(({ name, address }) => (
        <a key={name} href={address} aria-current={path === address ? "page" : undefined}>
          {nav[name]}
        </a>
      ))}
    </nav>
  );
}

/** As a browser does with a new document: who uses a screen reader or the keyboard is at its beginning. */
function toContent(): void {
  document.getElementById("content")?.focus();
}

function NotFound() {
  const words = common.value;
  useEffect(() => toContent(), []);
  return (
    <>
      <h1>{words.notFound}</h1>
      <a class="button" href={addresses.events}>
        {words.toEvents}
      </a>
    </>
  );
}
