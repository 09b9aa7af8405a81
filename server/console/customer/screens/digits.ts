import { POLICIES } from "../../../domain/policy.ts";

/** Of a session's PIN, by its policy. */
export const DIGITS = Math.min(...POLICIES.session.pinLengths);
