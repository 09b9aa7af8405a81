import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function otps({ db, rowLocks }: Handle): Tx["otps"] {
  return {
    async countSince(phoneAlias, since) {
      const { count } = await db
        .selectFrom("otp_challenges")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .where("phone_alias", "=", phoneAlias)
        .where("created_at", ">", since)
        .executeTakeFirstOrThrow();
      return count;
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
      for (const purpose of challenge.purposes) {
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
      const row = await db
        .selectFrom("otp_grants")
        .innerJoin("otp_challenges", "otp_challenges.id", "otp_grants.challenge_id")
        .select(["otp_challenges.id", "code_mac", "failed_tries", "expires_at", "used_at"])
        .where("otp_grants.phone_alias", "=", phoneAlias)
        .where("purpose", "=", purpose)
        .$if(rowLocks, (query) => query.forUpdate())
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        challenge: { id: row.id, expiresAt: row.expires_at, failedTries: row.failed_tries },
        purpose,
        usedAt: row.used_at,
        codeMac: row.code_mac,
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
