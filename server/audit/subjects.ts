import type { EventPayload } from "../ledger/index.ts";
import type { Findings } from "./findings.ts";
import { identityKey } from "./identity-key.ts";

/**
 * That no subject's event is missing, and that what was emptied was emptied by an erasure.
 *
 * An erasure empties all events of a subject and appends an `erased` event, numbered after them, that says how many
 * there were. An emptied event does not say whose it was; but it comes before the `erased` event that explains it, and
 * all `erased` events together explain as many as there are.
 *
 * Memory grows with the number of subjects, by about 110 bytes each.
 */
export class Subjects {
  readonly #findings: Findings;
  /** By {@link identityKey}. */
  readonly #nextSeq = new Map<string, number>();
  /** The same, as it was when the reading under way began: what was seen then may have been erased since. */
  readonly #before = new Map<string, number>();
  emptied = 0;
  #explained = 0;
  #firstEmptied: number | null = null;
  /** The first emptied event since the last erasure: nothing can explain that one any more, unless it comes yet. */
  #emptiedSinceErasure: number | null = null;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get count(): number {
    let count = this.#before.size;
    for (const key of this.#nextSeq.keys()) if (!this.#before.has(key)) count += 1;
    return count;
  }

  /** The ledger is read on in a new reading, from where the last one ended. */
  newReading(): void {
    for (const [key, next] of this.#nextSeq) this.#before.set(key, next);
    this.#nextSeq.clear();
  }

  emptiedAt(index: number): void {
    this.emptied += 1;
    this.#firstEmptied ??= index;
    this.#emptiedSinceErasure ??= index;
  }

  check(event: EventPayload, index: number): void {
    const { subjectSeq, type } = event;
    const key = identityKey(event.identityHash);
    const seen = this.#nextSeq.get(key);
    const next = seen ?? this.#before.get(key);
    this.#nextSeq.set(key, subjectSeq + 1);
    if (type === "erased" && seen === undefined && subjectSeq >= (next ?? 0)) {
      this.#erasure(event, index, next ?? 0);
    } else if (type === "erased") {
      const message = `Event ${index} erases a subject of whom earlier events are still there.`;
      this.#findings.add("erasure_incomplete", index, message);
    } else if (subjectSeq < (next ?? 0)) {
      const message = `Event ${index} has number ${subjectSeq} of its subject, which an earlier event has.`;
      this.#findings.add("subject_order", index, message);
    } else if (subjectSeq > (next ?? 0)) {
      const missing = `${next ?? 0}${subjectSeq - 1 > (next ?? 0) ? ` to ${subjectSeq - 1}` : ""}`;
      const message = `Event ${index} has number ${subjectSeq} of its subject, whose number ${missing} is missing before it.`;
      this.#findings.add("subject_gap", index, message);
    }
  }

  /** How many empty events of this reading an `erased` event explains that is not checked yet. */
  explains({ type, identityHash, subjectSeq }: EventPayload): number {
    if (type !== "erased") return 0;
    const key = identityKey(identityHash);
    return subjectSeq - (this.#nextSeq.get(key) ?? this.#before.get(key) ?? 0);
  }

  /** @param next the subject's number at the end of the last reading: what came before was full then */
  #erasure({ subjectSeq, outcome }: EventPayload, index: number, next: number): void {
    const stated = (outcome as { readonly events?: unknown } | null | undefined)?.events;
    if (stated !== subjectSeq) {
      const message = `Event ${index} says that ${String(stated)} events were emptied; its subject had ${subjectSeq}.`;
      this.#findings.add("erasure_count", index, message);
    }
    this.#explained += subjectSeq - next;
    this.#emptiedSinceErasure = null;
    if (this.#explained > this.emptied) {
      const message = `Up to event ${index}, ${this.#explained} events were erased, yet only ${this.emptied} are empty.`;
      this.#findings.add("erasure_incomplete", index, message);
      this.#explained = this.emptied;
    }
  }

  /** @param pending what the events beyond those checked bring: empty ones, and explanations */
  unexplained(pending: { readonly emptied: number; readonly explained: number }): number {
    return this.emptied + pending.emptied - this.#explained - pending.explained;
  }

  end(pending: { readonly emptied: number; readonly explained: number }): void {
    const unexplained = this.unexplained(pending);
    // An erasure that is never anchored costs the operator nothing: it may not excuse whatever else is empty.
    if (unexplained < 0) {
      const message = `Erasures that are not anchored yet tell of ${-unexplained} more events than are empty.`;
      this.#findings.add("erasure_incomplete", null, message);
    }
    if (unexplained <= 0) return;
    // With erasures in between one cannot tell which of the emptied events is the one that none explains.
    const first = this.#explained === 0 ? this.#firstEmptied : this.#emptiedSinceErasure;
    const message =
      `${unexplained} of ${this.emptied + pending.emptied} empty events are explained by no erasure. ` +
      "If somebody was being erased while an export was taken, a new one explains them.";
    this.#findings.add("erasure_unexplained", first, message);
  }
}
