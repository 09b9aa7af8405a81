import type { EventPayload } from "../ledger/index.ts";
import type { EventColumns } from "../ports/audit.ts";
import type { Findings } from "./findings.ts";

/**
 * That a database's columns say what the payloads say: the service looks events up by them. For emptied events they
 * are all there is, and nothing vouches for them; but they must at least tell a possible story.
 */
export class ColumnRules {
  readonly #findings: Findings;
  /** Subjects with empty events and no erasure yet. */
  readonly #emptied = new Map<unknown, { readonly first: number; count: number }>();
  #timestamp = -Infinity;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  check(columns: EventColumns, event: EventPayload | null, index: number): void {
    const { timestamp } = columns;
    if (typeof timestamp !== "number" || timestamp < this.#timestamp) {
      const message = `The timestamp column of event ${index} lies before that of the event before it.`;
      this.#findings.add("column_mismatch", index, message);
    } else {
      this.#timestamp = timestamp;
    }
    if (event === null) this.#emptiedOne(columns.subjectId, index);
    else this.#full(columns, event, index);
  }

  #emptiedOne(subjectId: unknown, index: number): void {
    const known = this.#emptied.get(subjectId);
    if (known === undefined) this.#emptied.set(subjectId, { first: index, count: 1 });
    else known.count += 1;
  }

  #full(columns: EventColumns, event: EventPayload, index: number): void {
    const expected: Omit<EventColumns, "subjectId"> = {
      id: event.id,
      type: event.type,
      timestamp: Date.parse(event.timestamp),
      subjectSeq: event.subjectSeq,
      identityHash: event.identityHash,
    };
    for (const [name, value] of Object.entries(expected)) {
      if (columns[name as keyof EventColumns] === value) continue;
      const message = `The column ${name} of event ${index} differs from its payload.`;
      this.#findings.add("column_mismatch", index, message);
      return;
    }
    const emptied = this.#emptied.get(columns.subjectId);
    if (emptied === undefined) return;
    this.#emptied.delete(columns.subjectId);
    if (event.type === "erased") {
      if (emptied.count === event.subjectSeq) return;
      const message = `Event ${index} erases ${event.subjectSeq} events; ${emptied.count} of its subject are empty.`;
      this.#findings.add("erasure_count", index, message);
      return;
    }
    this.#findings.add(
      "erasure_unexplained",
      emptied.first,
      `Event ${emptied.first} is empty, but its subject was not erased before event ${index}.`,
    );
  }

  /** @param lastTimestamp what the database says the last event's is */
  end(size: number, lastTimestamp: unknown): void {
    for (const { first } of this.#emptied.values()) {
      const message = `Event ${first} is empty, but its subject was never erased.`;
      this.#findings.add("erasure_unexplained", first, message);
      return;
    }
    // It may be later: a guess that is counted moves the ledger's time on, and its event comes once it is judged.
    if (size > 0 && !(typeof lastTimestamp === "number" && lastTimestamp >= this.#timestamp)) {
      const message = "The ledger's head is dated before the last event.";
      this.#findings.add("head_mismatch", size - 1, message);
    }
  }
}
