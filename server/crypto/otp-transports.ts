import { Webhook } from "standardwebhooks";
import type { OtpTransport } from "../ports.ts";

/** For development: prints the code where the developer looks. Not through the logger, which never sees a code. */
export function consoleOtpTransport(print: (line: string) => void): OtpTransport {
  return {
    async send({ phoneNumber, code, purposes }) {
      print(`OTP for …${phoneNumber.slice(-4)}: ${code} (${purposes.join(", ")})`);
    },
  };
}

/** Hands the message to an SMS gateway, signed as standardwebhooks.com says, so that it can tell our calls from others. */
export function webhookOtpTransport(options: {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly newMessageId: () => string;
}): OtpTransport {
  const webhook = new Webhook(options.secret);
  return {
    async send({ phoneNumber, code, purposes }) {
      const body = JSON.stringify({ type: "otp", phoneNumber, code, purposes });
      const id = options.newMessageId();
      const sentAt = new Date();
      const response = await fetch(options.url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
          "webhook-signature": webhook.sign(id, sentAt, body),
        },
        signal: AbortSignal.timeout(options.timeoutMs),
        redirect: "error",
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the OTP webhook answered ${response.status}`);
    },
  };
}
