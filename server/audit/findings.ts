/** Something that does not hold. Values, not exceptions: that a ledger was tampered with is an answer. */
export interface Finding {
  /** Stable; for machines. */
  readonly code: string;
  /** The first event it concerns; null where it concerns none. */
  readonly index: number | null;
  /** One sentence, for people. */
  readonly message: string;
}

/** Keeps the first findings. One is enough to condemn a ledger; what follows on it is often its mere consequence. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #limit: number;
  #fatal = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(code: string, index: number | null, message: string): void {
    if (this.list.length < this.#limit) this.list.push({ code, index, message: printable(message) });
  }

  addAll(findings: readonly Finding[]): void {
    for (const { code, index, message } of findings) this.add(code, index, message);
  }

  /** After this one there is nothing left to go on with. */
  addFatal(code: string, index: number | null, message: string): void {
    this.add(code, index, message);
    this.#fatal = true;
  }

  get enough(): boolean {
    return this.#fatal || this.list.length >= this.#limit;
  }
}

/** A message may quote the adversary, and is printed on terminals: no escape sequence, no change of direction. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\ufffd");
}
