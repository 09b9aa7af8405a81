/**
 * The FRA onboarding: phone, code, terms, PIN, receipt. The service judges each step; a step that it sends back to comes
 * up again, with its reason. The code is good for several steps and is kept for them here, in memory, until the PIN is
 * set or another code is asked for; the PIN is kept nowhere.
 */
import { signal } from "@preact/signals";
import { api, ask } from "../../shared/api.ts";
import type { Answer, Problem, Schemas } from "../../shared/api.ts";
import { explainToCustomer } from "../explain.ts";
import { operation } from "../operation.ts";
import type { Fault } from "../submission.tsx";
import { fingerprint } from "./fingerprint.ts";
import { phoneNumberOf } from "./phone-number.ts";
import { TERMS } from "./terms.ts";

export type Stage = "phone" | "code" | "exists" | "terms" | "pin" | "receipt";
/** The first PIN of a number, or another for whoever forgot it. */
export type Kind = "set" | "reset";
export type Journey = ReturnType<typeof createJourney>;

export function createJourney() {
  const stage = signal<Stage>("phone");
  /** Why the journey went back to where it is. */
  const setback = signal<Problem | null>(null);
  const kind = signal<Kind>("set");
  const receipt = signal<Schemas["PinSet"] | null>(null);
  const phoneNumber = signal("");
  let code = "";
  let hasConsented = false;

  const about = () => ({
    phoneNumber: phoneNumber.value,
    deviceMetadata: { platform: "web", userAgent: navigator.userAgent.slice(0, 512) },
  });
  const goTo = (next: Stage, because: Problem | null = null): null => {
    setback.value = because;
    stage.value = next;
    return null;
  };
  /** Where a refusal leads; a fault where it leads nowhere else. */
  const refused = (problem: Problem): Fault | null => {
    switch (problem.code) {
      case "FRA_POSSESSION_FACTOR_FAILED":
        code = "";
        return stage.value === "code" ? () => explainToCustomer(problem) : goTo("code", problem);
      case "FRA_CONSENT_REQUIRED":
        hasConsented = false;
        return goTo("terms", problem);
      case "FRA_PIN_ALREADY_SET":
        return goTo("exists");
      default:
        return () => explainToCustomer(problem);
    }
  };
  const then = async <T>(answered: Promise<Answer<T>>, go: (data: T) => void): Promise<Fault | null> => {
    const answer = await answered;
    if (!answer.ok) return refused(answer.problem);
    go(answer.data);
    return null;
  };

  return {
    stage,
    setback,
    kind,
    receipt,
    phoneNumber,

    /** `pin_verify`, so that a wrong code is told at once, and whether there is a PIN already. */
    sendCode(typed: string, to: Kind = "set"): Promise<Fault | null> {
      phoneNumber.value = phoneNumberOf(typed);
      kind.value = to;
      code = "";
      const purposes = ["consent", `pin_${to}`, "pin_verify"] as const;
      const call = api.POST("/api/otp/request", {
        ...operation(),
        body: { ...about(), purposes: [...purposes] },
      });
      return then(ask(call), () => goTo("code"));
    },

    checkCode(typed: string): Promise<Fault | null> {
      code = typed;
      const call = api.POST("/api/pin/check-pin-exists", {
        ...operation(),
        body: { ...about(), otp: typed },
      });
      return then(ask(call), ({ exists }) => {
        if (exists && kind.value === "set") goTo("exists");
        else goTo(hasConsented ? "pin" : "terms");
      });
    },

    /** @param text exactly what was shown */
    accept(text: string): Promise<Fault | null> {
      const terms = {
        purpose: "pin_set",
        documentVersion: TERMS.version,
        documentHash: fingerprint(text),
      } as const;
      const call = api.POST("/api/consents", { ...operation(), body: { ...about(), ...terms, otp: code } });
      return then(ask(call), () => {
        hasConsented = true;
        goTo("pin");
      });
    },

    save(pin: string): Promise<Fault | null> {
      const path = kind.value === "set" ? "/api/pin/set" : "/api/pin/reset";
      const call = api.POST(path, { ...operation(), body: { ...about(), pin, otp: code } });
      return then(ask(call), (data) => {
        code = "";
        receipt.value = data;
        goTo("receipt");
      });
    },

    startOver: () => {
      code = "";
      goTo("phone");
    },
  };
}
