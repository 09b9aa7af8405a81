import type { FastifyRequest } from "fastify";
import { sanitizeDevice } from "../domain/device.ts";
import type { DeviceMetadata } from "../domain/device.ts";
import { parsePhoneNumber } from "../domain/phone.ts";
import type { AccountCaller } from "../services/accounts.ts";
import type { Caller } from "../services/otp.ts";
import { principalOf } from "./plugins/primary-auth.ts";

type Claimed = { readonly [Field in keyof DeviceMetadata]?: DeviceMetadata[Field] | undefined };

/** From what device: the client's claims, with the address and agent that we see. */
function deviceOf(request: FastifyRequest, metadata: Claimed = {}): DeviceMetadata {
  const claimed = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
  const agent = request.headers["user-agent"];
  return sanitizeDevice({
    ...(agent === undefined ? {} : { userAgent: agent }),
    ...claimed,
    ipAddress: request.ip,
  });
}

/** Whom a request is about, where its body names a phone. */
export function callerOf(
  request: FastifyRequest,
  body: { readonly phoneNumber: string; readonly deviceMetadata?: Claimed | undefined },
): Caller {
  return { phone: parsePhoneNumber(body.phoneNumber), device: deviceOf(request, body.deviceMetadata) };
}

/** Whom a request is about, where an access token says. */
export function accountOf(request: FastifyRequest): AccountCaller {
  const { account, sessionId, authTime, phone } = principalOf(request);
  return { account, sessionId, authTime, phone, device: deviceOf(request) };
}
