/** What the fuzzer knows of the service, so that its requests get past the front door and some of them succeed. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { CODES } from "./canaries.ts";

const PHONES = 60;
const REMEMBERED = 200;

export class World {
  readonly phones = Array.from({ length: PHONES }, (_, i) => `+2011${String(i).padStart(8, "0")}`);
  readonly #codes = new Map<string, string>();
  readonly #eventIds: string[] = [];
  readonly #consentIds: string[] = [];
  readonly #subjectIds: string[] = [];
  /** Of administrators, who are users too. */
  readonly tokens: string[] = [];
  /** Every code ever sent. */
  readonly codes = new Set<string>();

  sent(phone: string, code: string): void {
    this.#codes.set(phone, code);
    this.codes.add(code);
  }

  /** Reads ids from an answer that went well. */
  learn(body: unknown): void {
    if (typeof body !== "object" || body === null) return;
    const { eventId, consentId, subjectId } = body as Record<string, unknown>;
    if (typeof subjectId === "string") remember(this.#subjectIds, subjectId);
    if (typeof eventId === "string") remember(this.#eventIds, eventId);
    if (typeof consentId === "string") remember(this.#consentIds, consentId);
  }

  code(phone: string): string {
    const code = this.#codes.get(phone);
    if (code === undefined) throw new Error(`no code was sent to ${phone}`);
    return code;
  }

  /** In the place of the one who has been there longest. */
  join(phone: string): void {
    this.phones.shift();
    this.phones.push(phone);
  }

  /** Mostly the one that was sent. */
  codeFor(random: Random, phone: string): string {
    return (random.chance(0.8) ? this.#codes.get(phone) : undefined) ?? random.pick(CODES);
  }

  eventId(random: Random): string {
    return this.#eventIds.length === 0 ? crypto.randomUUID() : random.pick(this.#eventIds);
  }

  subjectId(random: Random): string {
    return this.#subjectIds.length === 0 ? hex(random, 64) : random.pick(this.#subjectIds);
  }

  consentId(random: Random): string {
    return this.#consentIds.length === 0 ? hex(random, 64) : random.pick(this.#consentIds);
  }
}

function remember(ids: string[], id: string): void {
  ids.push(id);
  if (ids.length > REMEMBERED) ids.shift();
}

export const hex = (random: Random, digits: number): string =>
  `0x${Array.from({ length: digits }, () => random.int(16).toString(16)).join("")}`;
