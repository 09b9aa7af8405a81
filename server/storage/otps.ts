import { sql } from "kysely";
import { NEW_COUNTER } from "../domain/lockout.ts";
import type { Tx } from "../ports.ts";
import { counterColumns, counterOf } from "./counters.ts";
import type { Handle } from "./handle.ts";

export function otps({ db, rowLocks }: Handle): Tx["otps"] {
  return {
    async latestTimes(phoneAlias, most) {
      // What is to be counted has no row to lock yet: without this, parallel requests all find room for themselves.
      if (rowLocks) await sql`select pg_advisory_xact_lock(hashtextextended(${phoneAlias}, 0))`.execute(db);
      const rows = await db
        .selectFrom("otp_challenges")
        .select("created_at")
        .where("phone_alias", "=", phoneAlias)
        .orderBy("created_at", "desc")
        .limit(most)
        .execute();
      return rows.map((row) => row.created_at);
    },

    async counterForUpdate(phoneAlias) {
      await db
        .insertInto("otp_counters")
        .values({ phone_alias: phoneAlias, ...counterColumns(NEW_COUNTER) })
        .onConflict((conflict) => conflict.column("phone_alias").doNothing())
        .execute();
      const row = await db
        .selectFrom("otp_counters")
        .selectAll()
        .where("phone_alias", "=", phoneAlias)
        .$if(rowLocks, (query) => query.forUpdate())
        .executeTakeFirstOrThrow();
      return counterOf(row);
    },

    async saveCounter(phoneAlias, counter) {
      await db
        .updateTable("otp_counters")
        .set(counterColumns(counter))
        .where("phone_alias", "=", phoneAlias)
        .execute();
    },

    async create(challenge) {
      await db
        .insertInto("otp_challenges")
        .values({
          id: challenge.id,
          phone_alias: challenge.phoneAlias,
          code_mac: challenge.codeMac,
          failed_tries: 0,
          created_at: challenge.createdAt,
          expires_at: challenge.expiresAt,
        })
        .execute();
      // In one order, lest two requests that name the same purposes differently wait for each other.
      for (const purpose of challenge.purposes.toSorted()) {
        await db
          .insertInto("otp_grants")
          .values({ phone_alias: challenge.phoneAlias, purpose, challenge_id: challenge.id, used_at: null })
          .onConflict((conflict) =>
            conflict
              .columns(["phone_alias", "purpose"])
              .doUpdateSet({ challenge_id: challenge.id, used_at: null }),
          )
          .execute();
      }
    },

    async latestForUpdate(phoneAlias, purpose) {
      const grant = await db
        .selectFrom("otp_grants")
        .select(["challenge_id", "used_at"])
        .where("phone_alias", "=", phoneAlias)
        .where("purpose", "=", purpose)
        .$if(rowLocks, (query) => query.forUpdate())
        .executeTakeFirst();
      if (grant === undefined) return null;
      // Not one statement with a join: PostgreSQL finds nothing when the grant it waited for got a new challenge. And
      // the challenge is locked too, because its tries are counted across purposes.
      const challenge = await db
        .selectFrom("otp_challenges")
        .select(["id", "code_mac", "failed_tries", "expires_at"])
        .where("id", "=", grant.challenge_id)
        .$if(rowLocks, (query) => query.forUpdate())
        .executeTakeFirstOrThrow();
      return {
        challenge: {
          id: challenge.id,
          expiresAt: challenge.expires_at,
          failedTries: challenge.failed_tries,
        },
        purpose,
        usedAt: grant.used_at,
        codeMac: challenge.code_mac,
      };
    },

    async countTry(challengeId) {
      await db
        .updateTable("otp_challenges")
        .set((eb) => ({ failed_tries: eb("failed_tries", "+", 1) }))
        .where("id", "=", challengeId)
        .execute();
    },

    async use(challengeId, purpose, now) {
      await db
        .updateTable("otp_grants")
        .set({ used_at: now })
        .where("challenge_id", "=", challengeId)
        .where("purpose", "=", purpose)
        .execute();
    },
  };
}
