/** Names of what events hold. What is not named here is shown as the event has it. */
import type { EventType, FactorState } from "../../domain/events.ts";
import type { PolicyId } from "../../domain/policy.ts";
import { words } from "../shared/locale.ts";

type Names = Readonly<Record<string, string>>;

const types: Record<EventType, string> = {
  otp_request: "Code requested",
  otp_failure: "Code was wrong",
  consent_grant: "Consent given",
  consent_revoke: "Consent taken back",
  pin_set: "PIN set",
  pin_verify: "PIN entered",
  pin_change: "PIN changed",
  pin_reset: "PIN reset",
  attempt_abandoned: "Attempt broken off",
  pin_check: "Asked whether a PIN exists",
  credential_import: "PIN imported",
  pin_delete: "PIN removed",
  session_end: "Session ended",
  account_linked: "Account linked",
  admin_search: "Support viewed the status",
  admin_reset: "Support reset the PIN",
  admin_unlock: "Support lifted a lock",
  admin_temporary_pin: "Support gave a temporary PIN",
  erased: "Person erased",
};
const policies: Record<PolicyId, string> = { fra: "FRA", standard: "Account", session: "Session" };
const factorStates: Record<FactorState, string> = {
  verified: "verified",
  asserted: "asserted",
  absent: "absent",
};

const en = {
  types,
  policies,
  factorStates,
  factorHints: {
    verified: "Proven to the service.",
    asserted: "The client says so; nobody proved it.",
    absent: "No part of this operation.",
  } satisfies Record<FactorState, string>,
  factors: { knowledge: "Knowledge (PIN)", possession: "Possession (phone)", presence: "Presence" } as Names,
  results: {
    valid: "right",
    invalid: "wrong",
    locked: "locked",
    disabled: "disabled",
    done: "done",
    abandoned: "broken off",
  } as Names,
  fields: {
    eventType: "Name in the audit format",
    phoneNumber: "Phone (masked)",
    deviceMetadata: "Device, as it said itself",
    outcome: "Outcome",
    fraCompliance: "FRA markers",
    regulatoryFlags: "Regulatory flags",
    platform: "Platform",
    version: "Version",
    deviceId: "Device id",
    sessionId: "Session id",
    userAgent: "Browser or client",
    ipAddress: "IP address",
  } as Names,
  yes: "yes",
  no: "no",
  none: "none",
};

const arTypes: Record<EventType, string> = {
  otp_request: "طُلب رمز تحقق",
  otp_failure: "رمز تحقق خاطئ",
  consent_grant: "مُنحت موافقة",
  consent_revoke: "سُحبت موافقة",
  pin_set: "عُيّن الرقم السري",
  pin_verify: "أُدخل الرقم السري",
  pin_change: "غُيّر الرقم السري",
  pin_reset: "أُعيد تعيين الرقم السري",
  attempt_abandoned: "محاولة لم تكتمل",
  pin_check: "سُئل عن وجود رقم سري",
  credential_import: "استُورد رقم سري",
  pin_delete: "حُذف الرقم السري",
  session_end: "انتهت الجلسة",
  account_linked: "رُبط حساب",
  admin_search: "اطّلع الدعم على الحالة",
  admin_reset: "أعاد الدعم تعيين الرقم السري",
  admin_unlock: "رفع الدعم القفل",
  admin_temporary_pin: "أعطى الدعم رقمًا سريًا مؤقتًا",
  erased: "مُحيت بيانات شخص",
};

const ar: typeof en = {
  types: arTypes,
  policies: { fra: "FRA", standard: "الحساب", session: "الجلسة" },
  factorStates: { verified: "مُثبَت", asserted: "مُدّعى", absent: "غائب" },
  factorHints: {
    verified: "أُثبت للخدمة.",
    asserted: "يقوله العميل ولم يثبته أحد.",
    absent: "ليس جزءًا من هذه العملية.",
  },
  factors: { knowledge: "المعرفة (الرقم السري)", possession: "الحيازة (الهاتف)", presence: "الحضور" },
  results: {
    valid: "صحيح",
    invalid: "خاطئ",
    locked: "مقفل",
    disabled: "معطّل",
    done: "تم",
    abandoned: "لم تكتمل",
  },
  fields: {
    eventType: "الاسم في صيغة التدقيق",
    phoneNumber: "الهاتف (مُقنّع)",
    deviceMetadata: "الجهاز كما وصف نفسه",
    outcome: "النتيجة",
    fraCompliance: "علامات FRA",
    regulatoryFlags: "العلامات التنظيمية",
    platform: "المنصة",
    version: "الإصدار",
    deviceId: "معرّف الجهاز",
    sessionId: "معرّف الجلسة",
    userAgent: "المتصفح أو العميل",
    ipAddress: "عنوان IP",
  },
  yes: "نعم",
  no: "لا",
  none: "لا يوجد",
};

export const eventWords = words({ en, ar });

const named = (names: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(names, name) ? (names[name] as string) : name;

export const typeName = (type: string): string => named(eventWords.value.types, type);
export const policyName = (policy: string): string => named(eventWords.value.policies, policy);
export const fieldName = (field: string): string => named(eventWords.value.fields, field);
export const resultName = (result: string): string => named(eventWords.value.results, result);
