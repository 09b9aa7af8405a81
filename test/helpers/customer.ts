/** What a customer does, step by step, by the typed client: where the document is wrong, this does not compile. */
import { createHash } from "node:crypto";
import type { LedgerClient, Problem, Schemas } from "../../server/client/index.ts";

interface Api {
  readonly client: LedgerClient;
  /** The last code sent to that phone. */
  otp(phone: string): string;
}

/** Either may have come: which of them, a test is about to find out. */
export interface Told<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T & Partial<Pick<Problem, "code" | "reason" | "detail" | "retryAfterSeconds">>;
}

type Result<T> = Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>;

async function told<T>(call: Result<T>): Promise<Told<T>> {
  const { data, error, response } = await call;
  return { status: response.status, headers: response.headers, body: (data ?? error) as Told<T>["body"] };
}

async function done<T>(what: string, call: Result<T>): Promise<Told<T>> {
  const answer = await told(call);
  if (answer.status >= 300) throw new Error(`${what}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Egyptian mobile numbers, one per call: +20 10 0000 0000 and up. */
let next = 0;
export const newPhone = (): string => `+2010${String(next++).padStart(8, "0")}`;

export const DOCUMENT = "I agree that my PIN is used to verify who I am.";
export const DOCUMENT_HASH = `0x${createHash("sha256").update(DOCUMENT).digest("hex")}`;

export const GOOD_PIN = "839271";
export const WRONG_PIN = "839272";

type OtpPurpose = "consent" | "consent_revoke" | "pin_set" | "pin_reset" | "pin_verify";

export async function requestOtp(api: Api, phone: string, ...purposes: OtpPurpose[]): Promise<string> {
  await done("no code", api.client.POST("/api/otp/request", { body: { phoneNumber: phone, purposes } }));
  return api.otp(phone);
}

export function consentBody(phone: string, otp: string) {
  return {
    phoneNumber: phone,
    otp,
    purpose: "pin_set" as const,
    documentVersion: "2026-01",
    documentHash: DOCUMENT_HASH,
  };
}

/** Proves the phone and accepts the terms. Returns the code, still good for setting a PIN. */
export async function giveConsent(
  api: Api,
  phone: string,
): Promise<{ otp: string; consent: Told<Schemas["ConsentChanged"]> }> {
  const otp = await requestOtp(api, phone, "consent", "pin_set");
  const body = consentBody(phone, otp);
  return { otp, consent: await done("no consent", api.client.POST("/api/consents", { body })) };
}

/** All the way to a PIN. */
export async function onboard(
  api: Api,
  phone: string,
  pin: string = GOOD_PIN,
): Promise<Told<Schemas["PinSet"]>> {
  const { otp } = await giveConsent(api, phone);
  const body = { pin, phoneNumber: phone, otp };
  return done("no PIN", api.client.POST("/api/pin/set", { body }));
}

export const verify = (
  api: Pick<Api, "client">,
  phone: string,
  pin: string,
  headers: Record<string, string> = {},
): Promise<Told<Schemas["PinVerified"]>> =>
  told(api.client.POST("/api/pin/verify-pin", { body: { pin, phoneNumber: phone }, headers }));

/** The cheapest operation that leaves an event. */
export const check = (
  api: Pick<Api, "client">,
  headers: Record<string, string> = {},
): Promise<Told<Schemas["PinChecked"]>> =>
  told(api.client.POST("/api/pin/check-pin-exists", { body: { phoneNumber: newPhone() }, headers }));
