/** Brings customers into the state that a campaign needs, through the API like anybody else. */
import { createHash } from "node:crypto";
import { CouldNotRun } from "./command.ts";
import type { HttpClient, Reply } from "./http.ts";
import type { Random } from "./random.ts";
import type { ServiceUnderTest } from "./service.ts";

export const RIGHT_PIN = "839271";
export const WRONG_PIN = "507264";
/** Nobody waits for a block while a campaign is set up. */
export const ASYNC = { prefer: "respond-async" };

export const DOCUMENT_HASH = `0x${createHash("sha256").update("terms of the campaign").digest("hex")}`;

export interface Customers {
  /** A mobile number that nothing has been asked about yet. */
  readonly newPhone: () => string;
  /** Whoever has accepted the terms, and has no PIN. */
  readonly consented: () => Promise<string>;
  readonly withPin: () => Promise<string>;
  readonly locked: () => Promise<string>;
  readonly verify: (phone: string, pin: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>;
}

export function customers(service: ServiceUnderTest, client: HttpClient, random: Random): Customers {
  const used = new Set<string>();
  const newPhone = () => {
    for (;;) {
      // The console transport prints the last four digits: of customers set up at once they must differ.
      const last = String(used.size % 10_000).padStart(4, "0");
      const phone = `+2010${String(random.int(10_000)).padStart(4, "0")}${last}`;
      if (used.has(phone)) continue;
      used.add(phone);
      return phone;
    }
  };
  const step = async (path: string, body: object): Promise<void> => {
    const { status, body: answer } = await client.post(path, body, ASYNC);
    if (status >= 300) throw new CouldNotRun(`the set-up failed at ${path}: ${status} ${answer}`);
  };
  const prove = async () => {
    const phoneNumber = newPhone();
    await step("/api/otp/request", { phoneNumber, purposes: ["consent", "pin_set"] });
    const otp = service.otp(phoneNumber);
    const terms = { purpose: "pin_set", documentVersion: "1", documentHash: DOCUMENT_HASH };
    await step("/api/consents", { phoneNumber, otp, ...terms });
    return { phoneNumber, otp };
  };
  const verify: Customers["verify"] = (phoneNumber, pin, headers = ASYNC) =>
    client.post("/api/pin/verify-pin", { pin, phoneNumber }, headers);
  const withPin = async () => {
    const proven = await prove();
    await step("/api/pin/set", { pin: RIGHT_PIN, ...proven });
    return proven.phoneNumber;
  };

  return {
    newPhone,
    verify,
    withPin,
    consented: async () => (await prove()).phoneNumber,
    locked: async () => {
      const phone = await withPin();
      for (let guesses = 0; guesses < 20; guesses++) {
        if ((await verify(phone, WRONG_PIN)).status === 423) return phone;
      }
      throw new CouldNotRun("20 wrong guesses brought no lock");
    },
  };
}

/** A few at a time, as many as keep the cores busy. */
export async function several(count: number, make: () => Promise<string>): Promise<string[]> {
  const made: string[] = [];
  let begun = 0;
  const work = async () => {
    while (begun++ < count) made.push(await make());
  };
  await Promise.all([work(), work(), work(), work()]);
  return made;
}
