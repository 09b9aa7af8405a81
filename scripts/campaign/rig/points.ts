/** Which crash points there are, as processes pass them, and how often each was the end. */
export class Points {
  readonly #kills = new Map<string, number>();
  /** Aimed at and not come by: what is rare must not hold up what is not. */
  readonly #missed = new Map<string, number>();
  random = 0;

  names(): string[] {
    return [...this.#kills.keys()];
  }

  /** Aimed at in vain so often. */
  missed(point: string): number {
    return this.#missed.get(point) ?? 0;
  }

  /** The one with the fewest kills; null before any is known. */
  next(): string | null {
    const weight = (point: string) => (this.#kills.get(point) ?? 0) + this.missed(point) / 2;
    return this.names().reduce<string | null>(
      (least, point) => (least === null || weight(point) < weight(least) ? point : least),
      null,
    );
  }

  /** @param killedAt where it ended; null: elsewhere than it was to */
  note(output: string, killedAt: string | null, aimedAt: string | null = killedAt): void {
    for (const [, point = ""] of output.matchAll(/^POINT (.+)$/gm)) {
      if (!this.#kills.has(point)) this.#kills.set(point, 0);
    }
    if (killedAt !== null) return void this.#kills.set(killedAt, (this.#kills.get(killedAt) ?? 0) + 1);
    this.random++;
    if (aimedAt !== null) this.#missed.set(aimedAt, (this.#missed.get(aimedAt) ?? 0) + 1);
  }

  counts(): [string, number][] {
    return [...this.#kills].sort(([a], [b]) => a.localeCompare(b));
  }
}
