/** Whose account it is: the same subject that the FRA surface knows by phone, where the issuer has verified the number. */
import type { DeviceMetadata } from "../domain/device.ts";
import type { EventDraft, EventType } from "../domain/events.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import type { PolicyId } from "../domain/policy.ts";
import { toHex } from "../ledger/index.ts";
import type { AliasKind, Pseudonyms, RandomBytes, Reads, Subject } from "../ports.ts";
import { NO_FACTORS, presenceOf } from "./otp.ts";
import type { Unit } from "./recorder.ts";

/** What the services need of who asks, as a checked access token names them. */
export interface AccountCaller {
  /** The account's alias: a keyed pseudonym of issuer and subject. */
  readonly account: string;
  readonly sessionId: string;
  /** When the user last authenticated in full, in ms; null where the issuer does not say. */
  readonly authTime: number | null;
  /** Only where the issuer has verified it. */
  readonly phone: PhoneNumber | null;
  readonly device: DeviceMetadata;
}

interface Aliases {
  readonly account: Subject | null;
  readonly phone: Subject | null;
  /** An account of its own: then the number has changed hands, and its new holder is somebody else. */
  readonly phoneHasAccount: boolean;
}

async function aliasesOf(
  subjects: Reads["subjects"],
  { account, phone }: Pick<AccountCaller, "account" | "phone">,
  pseudonyms: Pseudonyms,
): Promise<Aliases> {
  const byPhone = phone === null ? null : await subjects.byAlias(pseudonyms.alias("phone", phone));
  return {
    account: await subjects.byAlias(account),
    phone: byPhone,
    phoneHasAccount:
      byPhone !== null && (await subjects.aliasKinds(byPhone.id)).includes("account" satisfies AliasKind),
  };
}

/** Who it is, without writing anything; null for somebody never seen. */
export async function findSubject(
  subjects: Reads["subjects"],
  caller: Pick<AccountCaller, "account" | "phone">,
  pseudonyms: Pseudonyms,
): Promise<Subject | null> {
  const { account, phone, phoneHasAccount } = await aliasesOf(subjects, caller, pseudonyms);
  return account ?? (phoneHasAccount ? null : phone);
}

/**
 * The subject of the account, created at first sight. What links two aliases to one subject is an event of its own.
 *
 * Two subjects that exist already are never merged: their histories are two, and which of them a PIN belongs to is not ours
 * to guess. And a subject has one account at most: phone numbers change hands, and the next holder's account must come
 * to neither the last one's PIN nor their history.
 */
export async function subjectByAccount(
  unit: Unit,
  caller: AccountCaller,
  deps: { readonly pseudonyms: Pseudonyms; readonly randomBytes: RandomBytes },
): Promise<Subject> {
  const { tx, now } = unit;
  const { pseudonyms, randomBytes } = deps;
  const known = await aliasesOf(tx.subjects, caller, pseudonyms);

  if (known.account === null && known.phone !== null && !known.phoneHasAccount) {
    await tx.subjects.addAlias(known.phone.id, caller.account, "account");
    await unit.append(known.phone, linked(caller, "account"));
    return known.phone;
  }
  const candidate = { id: toHex(randomBytes(16)).slice(2), identityHash: toHex(randomBytes(32)) };
  const subject =
    known.account ?? (await tx.subjects.byAliasOrCreate(caller.account, "account", candidate, now));

  const phoneIsFree = caller.phone !== null && known.phone === null;
  if (phoneIsFree && !(await tx.subjects.aliasKinds(subject.id)).includes("phone")) {
    await tx.subjects.addAlias(subject.id, pseudonyms.alias("phone", caller.phone), "phone");
    // A new subject has had both from the start.
    if (known.account !== null) await unit.append(subject, linked(caller, "phone"));
  }
  return subject;
}

const linked = (caller: AccountCaller, alias: AliasKind): EventDraft =>
  accountDraft(caller, { type: "account_linked", policy: "session", outcome: { alias } });

/** An event of whoever the access token names. Knowledge is verified where the PIN was; the rest is the client's claim. */
export function accountDraft(
  caller: Pick<AccountCaller, "phone" | "device">,
  draft: {
    readonly type: EventType;
    readonly policy: PolicyId;
    readonly knowledge?: boolean;
    readonly outcome: EventDraft["outcome"];
  },
): EventDraft {
  const { type, policy, knowledge = false, outcome } = draft;
  return {
    type,
    policy,
    ...(caller.phone === null ? {} : { phoneNumber: maskPhoneNumber(caller.phone) }),
    device: caller.device,
    factors: {
      ...NO_FACTORS,
      knowledge: knowledge ? "verified" : "absent",
      presence: presenceOf(caller.device),
    },
    consentVerified: false,
    outcome,
  };
}
