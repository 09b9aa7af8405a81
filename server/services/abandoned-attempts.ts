/** Writes off attempts that nobody will settle: their process died, or lost the database between its two transactions. */
import { isStale, counterFacts } from "../domain/open-attempts.ts";
import { isoInstant } from "../domain/time.ts";
import type { Credential, Store, Subject } from "../ports.ts";
import { NO_FACTORS } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";

/**
 * Those of everybody, at start and now and then: whose PIN is not tried again would else stay open. Young ones are left
 * alone, as they may be another process's at work on the same database. Were it alive after all, what it still settles
 * would find its attempt closed, and count as another one (guess.ts).
 * @returns how many were written off
 */
export async function writeOffEveryStale({
  store,
  recorder,
}: {
  readonly store: Store;
  readonly recorder: Recorder;
}): Promise<number> {
  let count = 0;
  for (const { subject, policy } of await store.read.credentials.withOpenAttempts()) {
    await recorder.commit(async (unit) => {
      const credential = await unit.tx.credentials.getForUpdate(subject.id, policy, unit.now);
      const written = await writeOffStale(unit, subject, credential);
      if (written.open.length === credential.open.length) return;
      await unit.tx.credentials.save(written, unit.now);
      count += credential.open.length - written.open.length;
    });
  }
  return count;
}

/** Also before another attempt is admitted: then none is hidden for longer than it takes the next to come. */
export async function writeOffStale(
  unit: Unit,
  subject: Subject,
  credential: Credential,
): Promise<Credential> {
  let { open } = credential;
  for (const lost of credential.open.filter((attempt) => isStale(attempt, unit.now))) {
    open = open.filter((other) => other !== lost);
    const facts = counterFacts(credential.counter, open);
    await unit.append(subject, {
      type: "attempt_abandoned",
      policy: credential.policy,
      device: {},
      factors: NO_FACTORS,
      consentVerified: false,
      outcome: {
        result: "abandoned",
        attempt: lost.attempt,
        reservedAt: isoInstant(lost.reservedAt),
        ...facts,
      },
    });
  }
  return { ...credential, open };
}
