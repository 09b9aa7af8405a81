/** Bodies of the FRA surface: seed 002's fields, to the letter, and what every operation adds. */
import { z } from "zod";
import { CONSENT_PURPOSES } from "../../domain/consent.ts";
import { OTP_PURPOSES } from "../../domain/otp.ts";
import {
  deviceInput,
  fraSection,
  hash32,
  instant,
  otpInput,
  phoneInput,
  pinInput,
  recorded,
} from "./common.ts";

const knowledgeFormat = z.enum(["argon2_fra_compliant", "pbkdf2_legacy"]);

export const otpRequestBody = z.strictObject({
  phoneNumber: phoneInput,
  purposes: z
    .array(z.enum(OTP_PURPOSES))
    .min(1)
    .max(OTP_PURPOSES.length)
    .refine((purposes) => new Set(purposes).size === purposes.length, "names a purpose twice")
    .describe("What the code will be used for; once each"),
  deviceMetadata: deviceInput.optional(),
});

export const otpRequestAnswer = z
  .strictObject({ challengeId: z.uuid(), expiresAt: instant, ...recorded })
  .meta({ id: "OtpRequested" });

export const consentBody = z.strictObject({
  phoneNumber: phoneInput,
  otp: otpInput,
  purpose: z.enum(CONSENT_PURPOSES),
  documentVersion: z.string().regex(/^[\w.:-]{1,64}$/, "1 to 64 letters, digits or any of . _ : -"),
  documentHash: hash32.describe("0x and the SHA-256 of the accepted text"),
  deviceMetadata: deviceInput.optional(),
});

const consentFields = {
  consentId: hash32,
  purpose: z.enum(CONSENT_PURPOSES),
  documentVersion: z.string(),
  documentHash: hash32,
  grantedAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  status: z.enum(["active", "expired", "revoked"]),
};

export const consentAnswer = z.strictObject({ ...consentFields, ...recorded }).meta({ id: "ConsentGranted" });

export const consentQuery = z.strictObject({ phoneNumber: phoneInput });

export const consentList = z
  .strictObject({
    consents: z.array(z.strictObject({ ...consentFields, eventId: z.uuid(), eventUrl: z.string() })),
  })
  .meta({ id: "Consents" });

export const setBody = z.strictObject({
  pin: pinInput,
  phoneNumber: phoneInput,
  otp: otpInput,
  deviceMetadata: deviceInput.optional(),
});

export const setAnswer = z
  .strictObject({
    success: z.literal(true),
    message: z.string(),
    compliance: z.strictObject({
      fraSection,
      knowledgeFactorSet: z.literal(true),
      possessionFactorVerified: z.literal(true),
      auditTrail: z.literal(true),
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinSet" });

export const verifyBody = z.strictObject({
  pin: pinInput,
  phoneNumber: phoneInput,
  deviceMetadata: deviceInput.optional(),
});

export const verifyAnswer = z
  .strictObject({
    valid: z.boolean(),
    message: z.string(),
    attemptsRemaining: z
      .int()
      .optional()
      .describe("Wrong guesses left before the next lock; only when not valid"),
    lockedUntil: instant.nullable().optional().describe("Set when this guess brought about a lock"),
    compliance: z.strictObject({
      fraSection,
      knowledgeFactorVerified: z.boolean(),
      verificationMethod: knowledgeFormat,
      auditTrail: z.literal(true),
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinVerified" });

export const checkBody = z.strictObject({ phoneNumber: phoneInput, deviceMetadata: deviceInput.optional() });

export const checkAnswer = z
  .strictObject({
    exists: z.boolean(),
    phoneNumber: z.string().describe("Masked"),
    pinFormat: knowledgeFormat.nullable(),
    compliance: z.strictObject({
      fraSection,
      knowledgeFactorCheck: z.literal(true),
      auditTrail: z.literal(true),
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinChecked" });
