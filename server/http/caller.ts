import type { FastifyRequest } from "fastify";
import { sanitizeDevice } from "../domain/device.ts";
import type { DeviceMetadata } from "../domain/device.ts";
import { parsePhoneNumber } from "../domain/phone.ts";
import type { Caller } from "../services/otp.ts";

type Claimed = { readonly [Field in keyof DeviceMetadata]?: DeviceMetadata[Field] | undefined };

/** Whom a request is about, and from what device: the client's claims, with the address and agent that we see. */
export function callerOf(
  request: FastifyRequest,
  body: { readonly phoneNumber: string; readonly deviceMetadata?: Claimed | undefined },
): Caller {
  const claimed = Object.fromEntries(
    Object.entries(body.deviceMetadata ?? {}).filter(([, value]) => value !== undefined),
  );
  const agent = request.headers["user-agent"];
  return {
    phone: parsePhoneNumber(body.phoneNumber),
    device: sanitizeDevice({
      ...(agent === undefined ? {} : { userAgent: agent }),
      ...claimed,
      ipAddress: request.ip,
    }),
  };
}
