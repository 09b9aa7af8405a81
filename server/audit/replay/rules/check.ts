import type { Rule } from "../event.ts";
import { replayProof } from "../possession.ts";
import { credentialOf } from "../state.ts";

export const pinChecked: Rule = (event, subject, report) => {
  replayProof(event, subject, { purpose: "pin_verify", required: false, earlier: false }, report);
  const { bound } = credentialOf(subject, event.policy);
  if (event.outcome.flag("exists") !== bound) {
    report("pin_check_wrong", `The answer was that there is ${bound ? "no" : "a"} PIN.`);
  }
};
