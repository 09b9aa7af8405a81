/** Writes off attempts that nobody will settle: their process died, or lost the database between its two transactions. */
import { isStale, counterFacts } from "../domain/open-attempts.ts";
import type { OpenAttempt } from "../domain/open-attempts.ts";
import { isoInstant } from "../domain/time.ts";
import type { Credential, Store, Subject } from "../ports.ts";
import { NO_FACTORS } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";

/** Before another attempt is admitted: then none is hidden for longer than it takes the next to come. */
export function writeOffStale(unit: Unit, subject: Subject, credential: Credential): Promise<Credential> {
  return writeOff(unit, subject, credential, (attempt) => isStale(attempt, unit.now));
}

/**
 * At start, before anything is served: one process writes a ledger, so what is open belongs to one that is gone. Were it
 * alive after all, what it still settles would find its attempt closed, and count as another one (guess.ts).
 */
export async function writeOffAll({
  store,
  recorder,
}: {
  store: Store;
  recorder: Recorder;
}): Promise<number> {
  let count = 0;
  for (const { subject, policy } of await store.read.credentials.withOpenAttempts()) {
    await recorder.commit(async (unit) => {
      const credential = await unit.tx.credentials.getForUpdate(subject.id, policy, unit.now);
      const written = await writeOff(unit, subject, credential, () => true);
      await unit.tx.credentials.save(written, unit.now);
      count += credential.open.length;
    });
  }
  return count;
}

async function writeOff(
  unit: Unit,
  subject: Subject,
  credential: Credential,
  isLost: (attempt: OpenAttempt) => boolean,
): Promise<Credential> {
  let { open } = credential;
  for (const lost of credential.open.filter(isLost)) {
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
