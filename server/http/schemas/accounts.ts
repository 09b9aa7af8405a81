/**
 * Bodies of the account surfaces. Seed 003 names its members in snake case, and those keep their names, as do the like of
 * them (`current_pin`); all that is ours is named as everywhere else.
 */
import { z } from "zod";
import { SUPPORTED } from "../../services/admin.ts";
import { hash32, instant, phoneInput, pinInput, recorded } from "./common.ts";

const attemptsRemaining = z.int().describe("Wrong guesses left before the next lock");
const lockedUntil = instant.nullable();

/** Judged by crypto/phc.ts, so that what is wrong with it has its own reason; here only type and size. */
const pinHash = z
  .string()
  .max(512)
  .describe("An Argon2id PHC string that the client made of the PIN: as secret as the PIN itself");

const currentPin = {
  current_pin: pinInput.optional().describe("The current PIN: a counted guess"),
  current_pin_hash: pinHash.optional().describe("The current PIN, where it was set as a hash"),
};

export const standardStatus = z
  .strictObject({
    has_pin: z.boolean(),
    pin_hash: z
      .string()
      .nullable()
      .describe(
        "`$argon2id$v=19$m=…,t=…,p=…$salt` of a PIN set as pin_hash, without the digest: enough to come to the same " +
          "hash on another device, useless for testing guesses. null for a PIN set as digits",
      ),
    pin_length: z.int().nullable(),
    attemptsRemaining,
    lockedUntil,
    disabled: z.boolean().describe("Too many wrong PINs in a row: set a new one after signing in again"),
  })
  .meta({ id: "StandardPinStatus" });

export const standardSetBody = z.strictObject({
  pin: pinInput.optional().describe("The PIN, 4 or 6 digits; this or pin_hash"),
  pin_hash: pinHash.optional(),
  pin_length: z.int().optional().describe("4 or 6; needed with pin_hash"),
  ...currentPin,
});

export const standardSetAnswer = z
  .strictObject({ status: z.literal("saved"), ...recorded })
  .meta({ id: "StandardPinSaved" });

export const standardDeleteBody = z.strictObject(currentPin).nullish();

export const standardDeleteAnswer = z
  .strictObject({ status: z.literal("deleted"), ...recorded })
  .meta({ id: "StandardPinDeleted" });

export const standardVerifyBody = z.strictObject({
  pin: pinInput.optional().describe("This or pin_hash, whichever it was set as"),
  pin_hash: pinHash.optional(),
});

const verified = {
  valid: z.boolean(),
  message: z.string(),
  attemptsRemaining: attemptsRemaining.optional().describe("Only when not valid"),
  lockedUntil: lockedUntil.optional().describe("Set when this guess brought about a lock"),
};

export const standardVerifyAnswer = z
  .strictObject({ ...verified, ...recorded })
  .meta({ id: "StandardPinVerified" });

const step = {
  next: z
    .enum(["create_pin", "enter_pin", "change_temporary_pin", "locked", "none"])
    .describe("What the user must do before the application lets this session in; `none`: it may"),
  message: z.string().describe("The same in words for the user"),
  reason: z
    .enum(["too_many_wrong_pins", "pin_disabled", "temporary_pin_expired", "temporary_pin_spent"])
    .nullable()
    .describe("Why it is locked"),
  lockedUntil: lockedUntil.describe("null also where waiting does not help and the PIN must be reset"),
  retryAfterSeconds: z.int().nullable(),
};

export const sessionStatus = z.strictObject(step).meta({ id: "SessionStep" });

export const sessionAnswer = z.strictObject({ ...step, ...recorded }).meta({ id: "SessionStepDone" });

const confirmation = z.string().max(64).describe("The new PIN again");

export const sessionPinBody = z.strictObject({ pin: pinInput, confirmation });

export const sessionVerifyBody = z.strictObject({ pin: pinInput });

export const sessionVerifyAnswer = z
  .strictObject({ ...step, ...verified, ...recorded })
  .meta({ id: "SessionPinVerified" });

export const sessionChangeBody = z.strictObject({
  currentPin: pinInput.optional().describe("Not needed in a session that has just shown a temporary PIN"),
  newPin: pinInput,
  confirmation,
});

export const searchBody = z.strictObject({
  phoneNumber: phoneInput.optional().describe("This or account"),
  account: z.string().min(1).max(255).optional().describe("`sub` of the customer's access tokens"),
  issuer: z.string().min(1).max(255).optional().describe("Whose account; the administrator's own if absent"),
});

const subject = {
  subjectId: hash32.describe("The customer's pseudonym in the ledger, for the addresses below"),
  pins: z.array(
    z.strictObject({
      policy: z.enum(["fra", "standard", "session"]),
      hasPin: z.boolean(),
      temporary: z.boolean(),
      temporaryExpiresAt: instant.nullable(),
      failures: z.int().describe("Wrong guesses in a row, also those before an unlock"),
      attemptsRemaining,
      lockedUntil,
      retryAfterSeconds: z.int().nullable().describe("Until then, by the service's own clock"),
      disabled: z
        .boolean()
        .describe(
          "No guess is let in any more, after too many wrong ones or at a void temporary PIN: reset it",
        ),
    }),
  ),
};

export const adminAnswer = z.strictObject({ ...subject, ...recorded }).meta({ id: "SupportedSubject" });

export const subjectParams = z.strictObject({ id: hash32 });

export const adminPolicyBody = z
  .strictObject({ policy: z.enum(SUPPORTED).optional().describe("`session` if absent") })
  .nullish();

export const temporaryPinBody = z
  .strictObject({
    policy: z.literal("session").optional().describe("The only policy that has temporary PINs"),
    pin: pinInput.optional().describe("4 digits; better left out, so that one is generated"),
  })
  .nullish();

export const temporaryPinAnswer = z
  .strictObject({
    ...subject,
    temporaryPin: z
      .string()
      .nullable()
      .describe("The generated PIN, this once; null where it was chosen, or is withheld"),
    temporaryPinWithheld: z
      .boolean()
      .describe(
        "A PIN was generated and shown before: it is kept nowhere, so repeating the request cannot show it",
      ),
    expiresAt: instant,
    triesAllowed: z.int().describe("Wrong guesses after which it is void"),
    ...recorded,
  })
  .meta({ id: "TemporaryPinSet" });

export const actionsQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]|[1-9][0-9]|100)$/, "1 to 100")
    .optional()
    .describe("At most so many, 1 to 100; 50 if absent"),
  cursor: z
    .string()
    .regex(/^[0-9]{1,15}$/, "the `next` of the page before")
    .optional(),
});

export const actionsAnswer = z
  .strictObject({
    actions: z.array(
      z.strictObject({
        action: z.enum(["reset_pin", "unlock", "set_temporary_pin"]),
        timestamp: instant,
      }),
    ),
    next: z.string().nullable().describe("The cursor of the next page; null on the last"),
  })
  .meta({ id: "SupportActions" });
