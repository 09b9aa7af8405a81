/** A little of everything that a service does. */
import { newAccount, signIn, signInAdmin } from "./account.ts";
import { WRONG_PIN, newPhone, onboard, verify } from "./customer.ts";
import type { Answer, TestService } from "./service.ts";

/**
 * A customer, somebody who is forgotten, an account of each other surface, and support at work.
 * Returns the last answer.
 */
export async function traffic(api: TestService): Promise<Answer> {
  await onboard(api, newPhone());
  const phoneNumber = newPhone();
  await onboard(api, phoneNumber);
  await verify(api, phoneNumber, WRONG_PIN);
  await api.post("/api/subjects/erase", { phoneNumber });
  const standard = await signIn(api, { sub: newAccount() });
  await standard.post("/api/v1/pin", { pin: "7391" });
  await standard.post("/api/v1/pin/verify", { pin: "7392" });
  const sub = newAccount();
  await (await signIn(api, { sub })).post("/api/session/pin", { pin: "4711", confirmation: "4711" });
  await (await signIn(api, { sub })).post("/api/session/pin/verify", { pin: "4711" });
  const admin = await signInAdmin(api);
  const { body } = await admin.post("/api/admin/subjects/search", { account: sub });
  return admin.post(`/api/admin/subjects/${body.subjectId as string}/unlock`);
}
