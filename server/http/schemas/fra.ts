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
const yes = z.literal(true);

/** What most bodies carry. */
const about = { phoneNumber: phoneInput, deviceMetadata: deviceInput.optional() };
const otpInstead = otpInput
  .optional()
  .describe("For callers without an API key: a code for the purpose pin_verify");

export const otpRequestBody = z.strictObject({
  ...about,
  purposes: z
    .array(z.enum(OTP_PURPOSES))
    .min(1)
    .max(OTP_PURPOSES.length)
    .refine((purposes) => new Set(purposes).size === purposes.length, "names a purpose twice")
    .describe("What the code will be used for; once each"),
});

export const otpRequestAnswer = z
  .strictObject({ challengeId: z.uuid(), expiresAt: instant, ...recorded })
  .meta({ id: "OtpRequested" });

export const consentBody = z.strictObject({
  ...about,
  otp: otpInput,
  purpose: z.enum(CONSENT_PURPOSES),
  documentVersion: z.string().regex(/^[\w.:-]{1,64}$/, "1 to 64 letters, digits or any of . _ : -"),
  documentHash: hash32.describe("0x and the SHA-256 of the accepted text"),
  expiresAt: z.iso.datetime().optional().describe("When the consent ends by itself; until revoked if absent"),
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

export const consentAnswer = z.strictObject({ ...consentFields, ...recorded }).meta({ id: "ConsentChanged" });

export const consentRevokeBody = z.strictObject({
  ...about,
  consentId: hash32,
  otp: otpInput.optional().describe("For callers without an API key: a code for the purpose consent_revoke"),
});

export const consentQuery = z.strictObject({
  phoneNumber: phoneInput.describe("In an address `+` is written %2B"),
});

/** Kantara Consent Receipt v1.1 (its field names), as far as its fields apply here, with the chain's coordinates. */
const consentReceipt = z
  .strictObject({
    version: z.literal("KI-CR-v1.1.0"),
    consentReceiptID: hash32,
    consentTimestamp: z.int().describe("Seconds since the epoch"),
    collectionMethod: z.string(),
    language: z.string(),
    piiPrincipalId: hash32.describe("The subject's pseudonym in the ledger"),
    piiControllers: z.array(z.strictObject({ piiController: z.string() })),
    services: z.array(
      z.strictObject({
        service: z.string(),
        purposes: z.array(
          z.strictObject({
            purpose: z.string(),
            consentType: z.literal("EXPLICIT"),
            primaryPurpose: z.boolean(),
            termination: z.string(),
            thirdPartyDisclosure: z.boolean(),
          }),
        ),
      }),
    ),
    sensitive: z.boolean(),
    anchor: z.strictObject({
      chainId: z.int().nullable(),
      contract: z.string().nullable(),
      txHash: z.string().nullable(),
      blockNumber: z.int().nullable(),
    }),
  })
  .meta({ id: "ConsentReceipt" });

export const consentList = z
  .strictObject({
    consents: z.array(
      z.strictObject({ ...consentFields, eventId: z.uuid(), eventUrl: z.string(), receipt: consentReceipt }),
    ),
  })
  .meta({ id: "Consents" });

export const bindBody = z.strictObject({ ...about, pin: pinInput, otp: otpInput });

export const changeBody = z.strictObject({
  ...about,
  currentPin: pinInput,
  newPin: pinInput,
  otp: otpInstead,
});

export const bindAnswer = z
  .strictObject({
    success: yes,
    message: z.string(),
    compliance: z.strictObject({
      fraSection,
      knowledgeFactorSet: yes,
      possessionFactorVerified: z.boolean(),
      auditTrail: yes,
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinSet" });

export const verifyBody = z.strictObject({ ...about, pin: pinInput, otp: otpInstead });

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
      auditTrail: yes,
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinVerified" });

export const checkBody = z.strictObject({ ...about, otp: otpInstead });

export const checkAnswer = z
  .strictObject({
    exists: z.boolean(),
    phoneNumber: z.string().describe("Masked"),
    pinFormat: knowledgeFormat.nullable(),
    compliance: z.strictObject({
      fraSection,
      knowledgeFactorCheck: yes,
      auditTrail: yes,
      digitalIdentityLedgerRef: z.uuid(),
    }),
    ...recorded,
  })
  .meta({ id: "PinChecked" });

export const eraseBody = z.strictObject({
  phoneNumber: phoneInput.optional().describe("Mobile number in E.164 form; this or subjectId"),
  subjectId: hash32.optional().describe("The person's pseudonym in the ledger, as /api/admin tells it"),
});

export const eraseAnswer = z
  .strictObject({
    erasedEvents: z.int().describe("Events whose payload and salt are gone; their digests stay"),
    consentsRevoked: z.int(),
    ...recorded,
  })
  .meta({ id: "SubjectErased" });
