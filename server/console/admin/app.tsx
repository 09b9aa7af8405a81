/** The support portal: customers, what support did, and how the service fares. For administrators alone. */
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { Notice } from "../shared/notice.tsx";
import { Shell } from "../shared/shell.tsx";
import { session, signOut } from "../shared/sign-in-state.ts";
import { SignIn } from "../shared/sign-in.tsx";
import { shared } from "../shared/words.ts";
import { ActionsPage } from "./actions/page.tsx";
import { CustomersPage } from "./customers/page.tsx";
import { FiguresPage } from "./figures/page.tsx";
import { portal } from "./words.ts";

const HOME = "/console/admin";
const PAGES = [
  { path: HOME, component: CustomersPage, name: "customers" },
  { path: `${HOME}/actions`, component: ActionsPage, name: "actions" },
  { path: `${HOME}/figures`, component: FiguresPage, name: "figures" },
] as const;

export function App() {
  return (
    <LocationProvider scope={HOME}>
      <Portal />
    </LocationProvider>
  );
}

function Portal() {
  const words = portal.value;
  const { path } = useLocation();
  const isAdmin = session.value?.admin === true;
  const page = PAGES.find((one) => one.path === path) ?? PAGES[0];
  const title = isAdmin ? `${words.pages[page.name]} · ${words.title}` : words.title;
  return (
    <Shell title={title} wide nav={isAdmin && <Nav current={page.name} />}>
      {isAdmin ? (
        <Router onRouteChange={focusContent}>
          {PAGES.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={CustomersPage} />
        </Router>
      ) : session.value?.signedIn === true ? (
        <NoAdministrator />
      ) : (
        <div class="narrow">
          <SignIn title={words.title} lead={words.lead} admin />
        </div>
      )}
    </Shell>
  );
}

function Nav({ current }: { readonly current: string }) {
  const words = portal.value;
  return (
    <nav aria-label={words.title}>
      {PAGES.map(({ path, name }) => (
        <a key={path} href={path} aria-current={name === current ? "page" : undefined}>
          {words.pages[name]}
        </a>
      ))}
    </nav>
  );
}

function NoAdministrator() {
  const words = portal.value;
  return (
    <section class="card narrow">
      <h1>{words.title}</h1>
      <Notice kind="warning">{shared.value.notAdmin}</Notice>
      <p>{shared.value.signedInAs(session.value?.name ?? "")}</p>
      <button type="button" class="button button-main" onClick={() => void signOut()}>
        {words.signInAsAnother}
      </button>
    </section>
  );
}

/** A new page begins at its beginning, also for who does not see it. */
const focusContent = () => document.getElementById("content")?.focus();
