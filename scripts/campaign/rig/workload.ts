/** Customers who never rest, and a list of all that the service ever acknowledged to them. */
import type { Answer } from "../../../test/helpers/service.ts";
import type { ServiceProcess } from "../../../test/helpers/process.ts";
import type { Random } from "../random.ts";
import { ASYNC, DOCUMENT_HASH, RIGHT_PIN, WRONG_PIN } from "../customers.ts";

const WEAK_PIN = "111111";

export type Api = Pick<ServiceProcess, "get" | "post" | "otp">;

/** An operation that was answered: from then on its event must never be missing. */
export interface Acknowledged {
  readonly eventId: string;
  readonly eventUrl: string;
  readonly operation: string;
}

export interface Workload {
  /** Not audited yet, oldest first. */
  readonly acknowledged: Acknowledged[];
  readonly count: number;
  /** What an answer must never be. */
  readonly violations: string[];
  /** Sends with so many connections until told to stop, or the service is gone. */
  run(api: Api, connections: number, pauseMs?: number): { stop(): Promise<void> };
  /** One operation, acknowledged or not; null where there was no answer. */
  readonly once: (api: Api) => Promise<Answer | null>;
  /** Signs in a few of those whose PIN was acknowledged. */
  checkPins(api: Api, howMany: number): Promise<void>;
}

export function workload(
  random: Random,
  options: {
    readonly faultsExpected?: boolean;
    readonly onAcknowledged?: (one: Acknowledged) => void;
  } = {},
): Workload {
  const acknowledged: Acknowledged[] = [];
  const violations: string[] = [];
  const withPin: string[] = [];
  let count = 0;
  let phones = 0;
  let keys = 0;
  const prefix = random.int(2 ** 32).toString(16);

  /** The service's console prints the last four digits: they must differ for as long as a code is good. */
  const newPhone = () =>
    `+2010${String(random.int(9000) + 1000)}${String(phones++ % 10_000).padStart(4, "0")}`;

  async function send(api: Api, path: string, body: object, keyed = random.chance(0.3)): Promise<Answer> {
    const answer = await api.post(path, body, {
      ...(random.chance(0.7) ? ASYNC : { prefer: "wait=2" }),
      ...(keyed ? { "idempotency-key": `${prefix}-${keys++}` } : {}),
    });
    const { eventId, eventUrl } = answer.body as Partial<Acknowledged>;
    if (answer.status < 300 && eventId !== undefined && eventUrl !== undefined) {
      const one = { eventId, eventUrl, operation: path };
      acknowledged.push(one);
      options.onAcknowledged?.(one);
      count++;
    }
    if (answer.status === 500 && options.faultsExpected !== true) {
      violations.push(`${path} answered 500: ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  async function onboard(api: Api): Promise<Answer> {
    const phoneNumber = newPhone();
    const asked = await send(api, "/api/otp/request", { phoneNumber, purposes: ["consent", "pin_set"] });
    if (asked.status >= 300) return asked;
    const otp = api.otp(phoneNumber);
    const wrong = otp === "000000" ? "111111" : "000000";
    if (random.chance(0.1)) await send(api, "/api/pin/set", { pin: RIGHT_PIN, phoneNumber, otp: wrong });
    const terms = { purpose: "pin_set", documentVersion: "1", documentHash: DOCUMENT_HASH };
    const consented = await send(api, "/api/consents", { phoneNumber, otp, ...terms });
    if (consented.status >= 300) return consented;
    const set = await send(api, "/api/pin/set", { pin: RIGHT_PIN, phoneNumber, otp });
    if (set.status < 300) withPin.push(phoneNumber);
    return set;
  }

  async function signIn(api: Api, phoneNumber: string): Promise<Answer> {
    const answer = await send(api, "/api/pin/verify-pin", { pin: RIGHT_PIN, phoneNumber });
    // A kill between reserving an attempt and clearing it costs the guesser: a lock may come of it, a "wrong PIN" not.
    if (answer.status < 300 && (answer.body as { valid?: boolean }).valid !== true) {
      violations.push(`a PIN that was acknowledged is not valid: ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  /** Somebody else than whose PINs are checked. */
  async function erase(api: Api): Promise<Answer> {
    const phoneNumber = newPhone();
    await send(api, "/api/pin/check-pin-exists", { phoneNumber });
    return send(api, "/api/subjects/erase", { phoneNumber });
  }

  const operation = (api: Api): Promise<Answer> => {
    const kind = random.next();
    if (kind < 0.06) return erase(api);
    if (kind < 0.25 || withPin.length === 0) return onboard(api);
    if (kind < 0.5) return signIn(api, random.pick(withPin));
    if (kind < 0.55) {
      // Not of a customer whose PIN is checked: a lock would hide that it is lost.
      return send(api, "/api/pin/verify-pin", { pin: WRONG_PIN, phoneNumber: newPhone() });
    }
    // Refused before anything is recorded: its idempotency key is free again.
    if (kind < 0.6) {
      return send(api, "/api/pin/set", { pin: WEAK_PIN, phoneNumber: newPhone(), otp: "000000" }, true);
    }
    return send(api, "/api/pin/check-pin-exists", { phoneNumber: random.pick(withPin) });
  };
  const once = (api: Api) => operation(api).catch(() => null);

  return {
    acknowledged,
    violations,
    get count() {
      return count;
    },
    once,
    run(api, connections, pauseMs = 0) {
      let stopping = false;
      const work = async () => {
        while (!stopping) {
          if ((await once(api)) === null) stopping = true;
          else if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      };
      const all = Promise.all(Array.from({ length: connections }, work));
      return {
        async stop() {
          stopping = true;
          await all;
        },
      };
    },
    async checkPins(api, howMany) {
      for (let i = 0; i < howMany && withPin.length > 0; i++) {
        await signIn(api, random.pick(withPin)).catch(() => null);
      }
    },
  };
}
