/**
 * Whoever is signed in does what the service asks for, whatever address he came to: only with nothing left to do are
 * there pages to choose from.
 */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import type { ComponentChildren } from "preact";
import { explain } from "../shared/explain.ts";
import { Notice } from "../shared/notice.tsx";
import { session } from "../shared/sign-in-state.ts";
import { shared } from "../shared/words.ts";
import { explainToCustomer } from "./explain.ts";
import { RecordedNote } from "./recorded.tsx";
import { Create } from "./screens/create.tsx";
import { Enter } from "./screens/enter.tsx";
import { Forgot } from "./screens/forgot.tsx";
import { Locked } from "./screens/locked.tsx";
import { Temporary } from "./screens/temporary.tsx";
import { askStep, forgetStep, lastDone, overtaken, signInEnded, step, stepTrouble } from "./step.ts";
import type { Step } from "./step.ts";

export function SignedIn({ children }: { readonly children: ComponentChildren }) {
  const { path, route } = useLocation();
  const signedIn = session.value;
  useEffect(() => {
    signInEnded.value = false;
    void askStep();
    return forgetStep;
  }, [signedIn]);
  useEffect(() => {
    // Another tab may have changed how things stand.
    const ask = () => {
      if (document.visibilityState === "visible") void askStep();
    };
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }, []);

  const current = step.value;
  const strayed = current !== null && !isOpen(current, path) && path !== "/console";
  useEffect(() => {
    if (strayed) route("/console", true);
  }, [strayed]);

  return (
    <>
      <Trouble />
      {overtaken.value !== null && <Notice kind="warning">{explainToCustomer(overtaken.value)}</Notice>}
      {current?.next === "none" ? children : <Pending step={current} path={path} />}
      {lastDone.value !== null && <RecordedNote recorded={lastDone.value.recorded} />}
    </>
  );
}

function Trouble() {
  if (stepTrouble.value === null) return null;
  return (
    <>
      <Notice kind="error">{explain(stepTrouble.value)}</Notice>
      <p>
        <button type="button" class="button" onClick={() => void askStep()}>
          {shared.value.retry}
        </button>
      </p>
    </>
  );
}

/** Whoever forgot his PIN may choose another in place of entering it, and that is all there is beside the step. */
const isOpen = ({ next }: Step, path: string): boolean =>
  next === "none" || (path === "/console/forgot" && (next === "enter_pin" || next === "locked"));

function Pending({ step, path }: { readonly step: Step | null; readonly path: string }) {
  if (step === null) return stepTrouble.value === null && <p aria-busy="true">{shared.value.loading}</p>;
  switch (step.next) {
    case "create_pin":
      return <Create />;
    case "enter_pin":
      return path === "/console/forgot" ? <Forgot /> : <Enter />;
    case "change_temporary_pin":
      return <Temporary />;
    case "locked":
      return path === "/console/forgot" ? <Forgot /> : <Locked step={step} />;
    case "none":
      return null;
  }
}
