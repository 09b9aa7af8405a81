/**
 * The real services over a real database, with time, hashing and crashes in the test's hands: an operation stops at every
 * hash until it is released, so any interleaving of transactions can be brought about.
 */
import { createHash, randomUUID } from "node:crypto";
import { keyedPseudonyms } from "../../../server/crypto/pseudonyms.ts";
import { Refusal } from "../../../server/domain/errors.ts";
import { parsePhoneNumber } from "../../../server/domain/phone.ts";
import type { PhoneNumber } from "../../../server/domain/phone.ts";
import { HOUR, MINUTE } from "../../../server/domain/time.ts";
import type { ClientHashes, HashingSlot, PinHasher, Store } from "../../../server/ports.ts";
import { writeOffEveryStale } from "../../../server/services/abandoned-attempts.ts";
import { createAdminService } from "../../../server/services/admin.ts";
import { createConsentService } from "../../../server/services/consent.ts";
import { createErasureService } from "../../../server/services/erasure.ts";
import { importLegacy } from "../../../server/services/legacy-import.ts";
import { createOtpService } from "../../../server/services/otp.ts";
import { createPinBinding } from "../../../server/services/pin-binding.ts";
import { createPinVerification } from "../../../server/services/pin-verification.ts";
import { createRecorder } from "../../../server/services/recorder.ts";
import { createSessionPin } from "../../../server/services/session-pin.ts";
import { createStandardPin } from "../../../server/services/standard-pin.ts";
import { openStore } from "../../../server/storage/open.ts";
import { PBKDF2 } from "../../services/legacy-samples.ts";

export const START = Date.UTC(2026, 0, 1);
/** What {@link PBKDF2} stands for here. */
export const LEGACY_PIN = "271846";

export type Payload = Record<string, unknown>;

const pseudonyms = keyedPseudonyms(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

const clientHashes: ClientHashes = {
  read: () => {
    throw new Error("no client of these histories hashes");
  },
};

/** An operation on its way; at a gate while it hashes. */
interface Operation {
  gate: { open: () => void; fail: () => void } | null;
  bug: Error | null;
  /** Called whenever it stops: at a gate, or because it is done. */
  stopped: () => void;
}

const LOST = new Error("the database is gone");

async function stop(operation: Operation): Promise<void> {
  await new Promise<void>((resolve) => (operation.stopped = resolve));
  if (operation.bug !== null) throw operation.bug;
}

export class World {
  now = START;
  /** Operations that are hashing. */
  readonly parked: Operation[] = [];
  readonly codes = new Map<string, string>();
  services!: ReturnType<World["compose"]>;

  readonly #store: Store;
  readonly #eventIds: string[] = [];
  #starting: Operation | null = null;
  #loseNextWrite = false;
  #random = 0;

  private constructor(store: Store) {
    const losing =
      (write: Store["write"]): Store["write"] =>
      async (work) => {
        if (this.#loseNextWrite) {
          this.#loseNextWrite = false;
          throw LOST;
        }
        return write(work);
      };
    this.#store = {
      ...store,
      read: store.read,
      write: losing((work) => store.write(work)),
      writeLedger: losing((work) => store.writeLedger(work)),
      scrub: async () => {},
      close: () => store.close(),
    };
  }

  static async create(): Promise<World> {
    const world = new World(await openStore({ url: "sqlite::memory:", newLedgerId: "replayed" }));
    world.services = world.compose();
    return world;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  phone(number: number): PhoneNumber {
    return parsePhoneNumber(`+2010${String(number).padStart(8, "0")}`);
  }

  /** Runs an operation until it hashes or ends; a refusal is an end like another. */
  async run(work: () => Promise<unknown>): Promise<void> {
    const operation: Operation = { gate: null, bug: null, stopped: () => {} };
    const stopped = stop(operation);
    this.#starting = operation;
    const done = (async () => work())();
    this.#starting = null;
    done
      .catch((error: unknown) => {
        if (!(error instanceof Refusal) && error !== LOST) operation.bug = error as Error;
      })
      .finally(() => operation.stopped());
    await stopped;
  }

  /** Lets a hashing operation go on: with its hash done, failed, or done but with the database lost after. */
  async release(at: number, how: "done" | "failed" | "lost" = "done"): Promise<void> {
    const [operation] = this.parked.splice(at % this.parked.length, 1);
    if (operation?.gate == null) return;
    const stopped = stop(operation);
    this.#loseNextWrite = how === "lost";
    if (how === "failed") operation.gate.fail();
    else operation.gate.open();
    await stopped;
    this.#loseNextWrite = false;
  }

  async releaseAll(): Promise<void> {
    while (this.parked.length > 0) await this.release(0);
  }

  /** To the end, hashing included. */
  async finish(work: () => Promise<unknown>): Promise<void> {
    await this.run(work);
    await this.releaseAll();
  }

  /** @param dead whether the process before is really gone, and nothing of it will ever go on */
  async restart(dead: boolean): Promise<void> {
    if (dead) this.parked.splice(0);
    this.services = this.compose();
    await writeOffEveryStale({ store: this.#store, recorder: this.services.recorder });
  }

  /** What an export holds: each event's payload, null where it was erased. */
  async payloads(): Promise<(Payload | null)[]> {
    const payloads: (Payload | null)[] = [];
    for (const id of this.#eventIds) {
      const event = await this.#store.read.events.byId(id);
      const bytes = event?.payload ?? null;
      payloads.push(bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as Payload));
    }
    return payloads;
  }

  importPin(phone: PhoneNumber): Promise<unknown> {
    const line = { number: 1, text: JSON.stringify({ phoneNumber: phone, verifier: PBKDF2 }) };
    const deps = {
      store: this.#store,
      recorder: this.services.recorder,
      pseudonyms,
      randomBytes: this.#randomBytes,
      inspectVerifier: () => ({ format: "pbkdf2-sha256" }),
    };
    const lines = (async function* () {
      yield line;
    })();
    return importLegacy(lines, deps, { dryRun: false, report: () => {} });
  }

  compose() {
    const recorder = createRecorder({
      store: this.#store,
      clock: { now: () => this.now },
      randomBytes: this.#randomBytes,
      onCommitted: (events) => this.#eventIds.push(...events.map(({ appended }) => appended.id)),
    });
    const otp = createOtpService({
      recorder,
      pseudonyms,
      randomBytes: this.#randomBytes,
      transport: { send: async ({ phoneNumber, code }) => void this.codes.set(phoneNumber, code) },
      newId: randomUUID,
    });
    const shared = {
      recorder,
      store: this.#store,
      otp,
      hasher: this.#hasher,
      pseudonyms,
      randomBytes: this.#randomBytes,
    };
    const account = { ...shared, clock: { now: () => this.now }, recentMs: 10 * MINUTE };
    return {
      recorder,
      otp,
      consent: createConsentService(shared),
      binding: createPinBinding(shared),
      verification: createPinVerification(shared),
      erasure: createErasureService(shared),
      standard: createStandardPin({ ...account, clientHashes }),
      session: createSessionPin({ ...account, sessionMs: 8 * HOUR }),
      admin: createAdminService({ ...shared, temporaryMs: 2 * HOUR }),
    };
  }

  readonly #randomBytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = createHash("sha256").update(String(this.#random++)).digest();
      bytes.set(block.subarray(0, Math.min(32, length - at)), at);
    }
    return bytes;
  };

  /** Stands in for time and faults; what it makes is no secret, for nothing of it is stored beyond the test. */
  readonly #hasher: PinHasher = {
    assertRoom: () => {},
    withSlot: async (work) => {
      const operation = this.#starting;
      if (operation === null) throw new Error("hashing begins outside of run()");
      const hashing = async () => {
        await new Promise<void>((open, reject) => {
          const fail = () => reject(new Refusal("HASHING_ERROR", "The engine failed."));
          operation.gate = { open, fail };
          this.parked.push(operation);
          operation.stopped();
        });
      };
      const slot: HashingSlot = {
        hash: async (pin) => {
          await hashing();
          return { phc: `$argon2id$${pin}$${this.#random++}`, pepperId: "p" };
        },
        verify: async (verifier, pin) => {
          await hashing();
          const legacy = verifier?.phc === PBKDF2;
          const matches = legacy ? pin === LEGACY_PIN : verifier?.phc.split("$")[2] === String(pin);
          return { matches, stale: matches && legacy };
        },
      };
      return work(slot);
    },
  };
}
