/** What a customer does, step by step. */
import { createHash } from "node:crypto";
import type { Answer, TestService } from "./service.ts";

type Api = Pick<TestService, "post" | "otp">;

/** Egyptian mobile numbers, one per call: +20 10 0000 0000 and up. */
let next = 0;
export const newPhone = (): string => `+2010${String(next++).padStart(8, "0")}`;

export const DOCUMENT = "I agree that my PIN is used to verify who I am.";
export const DOCUMENT_HASH = `0x${createHash("sha256").update(DOCUMENT).digest("hex")}`;

export const GOOD_PIN = "839271";
export const WRONG_PIN = "839272";

export async function requestOtp(api: Api, phone: string, ...purposes: string[]): Promise<string> {
  const answer = await api.post("/api/otp/request", { phoneNumber: phone, purposes });
  if (answer.status !== 202) throw new Error(`no code: ${JSON.stringify(answer.body)}`);
  return api.otp(phone);
}

export function consentBody(phone: string, otp: string) {
  return {
    phoneNumber: phone,
    otp,
    purpose: "pin_set",
    documentVersion: "2026-01",
    documentHash: DOCUMENT_HASH,
  };
}

/** Proves the phone and accepts the terms. Returns the code, still good for setting a PIN. */
export async function giveConsent(api: Api, phone: string): Promise<{ otp: string; consent: Answer }> {
  const otp = await requestOtp(api, phone, "consent", "pin_set");
  const consent = await api.post("/api/consents", consentBody(phone, otp));
  if (consent.status >= 300) throw new Error(`no consent: ${JSON.stringify(consent.body)}`);
  return { otp, consent };
}

/** All the way to a PIN. */
export async function onboard(api: Api, phone: string, pin: string = GOOD_PIN): Promise<Answer> {
  const { otp } = await giveConsent(api, phone);
  const set = await api.post("/api/pin/set", { pin, phoneNumber: phone, otp });
  if (set.status >= 300) throw new Error(`no PIN: ${JSON.stringify(set.body)}`);
  return set;
}

export const verify = (api: Api, phone: string, pin: string, headers?: Record<string, string>) =>
  api.post("/api/pin/verify-pin", { pin, phoneNumber: phone }, headers);
