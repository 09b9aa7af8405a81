/** The login that PINs come after. The bank's own, where one is configured; in development anybody is whom he says. */
import { useSignal } from "@preact/signals";
import { explain } from "./explain.ts";
import { Notice } from "./notice.tsx";
import { config, signIn, signInAddress, signInFailure } from "./sign-in-state.ts";
import { shared } from "./words.ts";

export function SignIn(props: { readonly title: string; readonly lead: string; readonly admin?: boolean }) {
  const words = shared.value;
  const kind = config.value?.signIn ?? null;
  return (
    <section class="card">
      <h1>{props.title}</h1>
      <p>{props.lead}</p>
      {kind === null && <Notice kind="warning">{words.noSignIn}</Notice>}
      {kind === "openid" && (
        <a class="button button-main" href={signInAddress()}>
          {words.signIn}
        </a>
      )}
      {kind === "development" && <DevelopmentSignIn admin={props.admin ?? false} />}
    </section>
  );
}

/** What became of a sign-in from which somebody comes back, above whatever page that is. */
export function SignInTrouble() {
  const failure = signInFailure.value;
  if (failure === null) return null;
  return (
    <Notice kind="error">
      <div class="dismissable">
        <span>{shared.value.signInFailed[failure]}</span>
        <button type="button" class="button button-quiet" onClick={() => (signInFailure.value = null)}>
          {shared.value.close}
        </button>
      </div>
    </Notice>
  );
}

function DevelopmentSignIn({ admin }: { readonly admin: boolean }) {
  const words = shared.value;
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const account = textOf(form, "account");
    const phoneNumber = textOf(form, "phone").replaceAll(/[\s()-]/g, "");
    busy.value = true;
    const refused = await signIn({ account, ...(phoneNumber === "" ? {} : { phoneNumber }), admin });
    busy.value = false;
    problem.value = refused === null ? null : explain(refused);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Notice kind="info">{words.developmentSignIn}</Notice>
      {problem.value !== null && <Notice kind="error">{problem.value}</Notice>}
      <div class="field">
        <label for="account">{words.account}</label>
        <input id="account" name="account" autocomplete="username" required maxLength={200} autoFocus />
      </div>
      {!admin && (
        <div class="field">
          <label for="phone">{words.phoneOptional}</label>
          <input
            id="phone"
            name="phone"
            type="tel"
            autocomplete="tel"
            placeholder="+201234567890"
            dir="ltr"
          />
        </div>
      )}
      <button type="submit" class="button button-main" disabled={busy.value}>
        {words.signIn}
      </button>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
