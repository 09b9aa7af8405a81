import { words } from "../shared/locale.ts";
import type { Pin } from "./customers/acts.ts";

const en = {
  title: "Support",
  lead: "Help customers who are locked out or have forgotten their PIN.",
  signInAsAnother: "Sign in as somebody else",
  pages: { customers: "Customers", actions: "Actions", figures: "Figures" },
  search: {
    by: "Search by",
    kinds: { phone: "Mobile number", account: "Account" },
    search: "Search",
    recorded:
      "That somebody was looked up is recorded in the ledger, under pseudonyms. What you type here is in no address and no history.",
    unknown: {
      phone: "No customer is known by this number.",
      account: "No customer is known by this account.",
    },
    noNumber: "This is no mobile number. Write it with its country, such as +20 123 456 7890.",
  },
  customer: { customer: "Customer", pseudonym: "Pseudonym in the ledger" },
  policies: {
    session: "Session PIN",
    standard: "Account PIN",
    fra: "FRA PIN",
  },
  states: { none: "No PIN", own: "In use", temporary: "Temporary", locked: "Locked", disabled: "Disabled" },
  facts: {
    pin: "PIN",
    none: "None is set",
    own: "Chosen by the customer",
    temporary: "Temporary, set by support",
    endsAt: "Ends",
    failures: "Wrong PINs in a row",
    attemptsRemaining: "Left before a lock",
    noMore: "None: no PIN is accepted any more",
    lockedUntil: (instant: string) => `Locked until ${instant}. Time left:`,
    waitIsOver: "The wait is over: the customer can try again.",
  },
  fraOnly:
    "Support cannot act upon an FRA PIN: the customer sets a new one with their phone and their consent, and nobody can stand in for either.",
  hindrances: {
    nothing_to_reset: "there is no PIN to clear.",
    not_locked: "nothing is locked.",
    disabled: "after so many wrong PINs waiting does not help. Reset it.",
    temporary_void: "the temporary PIN has ended, or was entered wrongly too often. Set another, or reset.",
    session_only: "only a session PIN can be temporary.",
  },
  acts: {
    reset: {
      name: "Reset PIN",
      question: "Reset this PIN?",
      confirm: "Reset PIN",
      effects: (pin: Pin) => [
        "The customer’s PIN is cleared at once. At their next sign-in they must create a new one.",
        ...(pin.policy === "session"
          ? ["Where they are signed in already, they are asked to create it, too."]
          : []),
        ...(pin.failures > 0 ? ["Wrong PINs so far are forgotten, and a lock ends."] : []),
      ],
      done: "The PIN was reset",
      result: "The PIN is cleared. The customer must create a new one at the next sign-in.",
    },
    unlock: {
      name: "Unlock",
      question: "Unlock this PIN?",
      confirm: "Unlock",
      effects: (pin: Pin) => [
        "The wait ends: the customer can enter their PIN at once.",
        `The ${pin.failures} wrong PINs stay counted. If more follow, the next lock comes when it would have come anyway.`,
      ],
      done: "The PIN is unlocked",
      result: "The lock is over. The customer can enter their PIN now.",
    },
    temporary: {
      name: "Temporary PIN",
      question: "Set a temporary PIN?",
      confirm: "Set temporary PIN",
      effects: (pin: Pin) => [
        pin.hasPin
          ? "The customer’s present PIN stops working at once. They sign in with the temporary one, and must choose their own right then."
          : "The customer signs in with the temporary PIN, and must choose their own right then.",
        "You will see it once. Tell it to the customer and to nobody else. It ends after a while, and after a few wrong tries.",
        ...(pin.failures > 0 ? ["Wrong PINs so far are forgotten, and a lock ends."] : []),
      ],
      done: "The temporary PIN is set",
      result: "At the next sign-in the customer enters the temporary PIN, and must then choose their own.",
    },
  },
  choose: {
    label: "Choose the PIN myself",
    field: "Temporary PIN, 4 digits",
    advice: "Better not: people choose PINs that others guess, and again the same ones.",
  },
  temporary: {
    pin: "Temporary PIN",
    once: "It is shown this once. When you close this, nobody can look it up again.",
    withheld:
      "It was set, but the answer did not reach this page, and it cannot be shown a second time. Set another one.",
    expires: "Good until",
    tries: "Wrong tries",
  },
  recorded: { transaction: "Transaction", block: "Block", pending: "On its way into a block" },
  actions: {
    lead: "What support did, and when; the latest first. Who did it, and for whom, is not in this list.",
    action: "Action",
    time: "Time",
    names: { reset_pin: "PIN reset", unlock: "PIN unlocked", set_temporary_pin: "Temporary PIN set" },
    none: "Support has not done anything yet.",
    older: "Older actions",
    all: "These are all.",
  },
};

export type PortalWords = typeof en;

const ar: PortalWords = {
  title: "الدعم",
  lead: "ساعد العملاء الذين أُقفل رقمهم السري أو نسوه.",
  signInAsAnother: "الدخول بحساب آخر",
  pages: { customers: "العملاء", actions: "الإجراءات", figures: "الأرقام" },
  search: {
    by: "البحث حسب",
    kinds: { phone: "رقم الهاتف المحمول", account: "الحساب" },
    search: "بحث",
    recorded: "يُسجَّل كل بحث في السجل بأسماء مستعارة. وما تكتبه هنا لا يظهر في أي عنوان ولا في سجل التصفح.",
    unknown: {
      phone: "لا يُعرف عميل بهذا الرقم.",
      account: "لا يُعرف عميل بهذا الحساب.",
    },
    noNumber: "هذا ليس رقم هاتف محمول. اكتبه مع رمز الدولة، مثل ‎+20 123 456 7890‎.",
  },
  customer: { customer: "العميل", pseudonym: "الاسم المستعار في السجل" },
  policies: {
    session: "الرقم السري للجلسة",
    standard: "الرقم السري للحساب",
    fra: "الرقم السري وفق هيئة الرقابة المالية (FRA)",
  },
  states: { none: "بلا رقم سري", own: "مستخدَم", temporary: "مؤقت", locked: "مقفل", disabled: "معطَّل" },
  facts: {
    pin: "الرقم السري",
    none: "لم يُعيَّن",
    own: "اختاره العميل",
    temporary: "مؤقت، عيّنه الدعم",
    endsAt: "ينتهي",
    failures: "محاولات خاطئة متتالية",
    attemptsRemaining: "المتبقي قبل الإقفال",
    noMore: "لا شيء: لم يعد يُقبل أي رقم سري",
    lockedUntil: (instant) => `مقفل حتى ${instant}. الوقت المتبقي:`,
    waitIsOver: "انتهت المدة: يمكن للعميل أن يحاول من جديد.",
  },
  fraOnly:
    "لا يمكن للدعم التصرف في الرقم السري الخاضع لهيئة الرقابة المالية: يعيّن العميل رقمًا جديدًا بهاتفه وموافقته، ولا ينوب عنه أحد في أيٍّ منهما.",
  hindrances: {
    nothing_to_reset: "لا يوجد رقم سري لمسحه.",
    not_locked: "لا شيء مقفل.",
    disabled: "بعد هذا العدد من المحاولات الخاطئة لا يفيد الانتظار. أعد التعيين.",
    temporary_void: "انتهى الرقم المؤقت أو أُدخل خطأً أكثر من المسموح. عيّن رقمًا آخر، أو أعد التعيين.",
    session_only: "لا يكون مؤقتًا إلا الرقم السري للجلسة.",
  },
  acts: {
    reset: {
      name: "إعادة تعيين الرقم السري",
      question: "هل تريد إعادة تعيين هذا الرقم السري؟",
      confirm: "إعادة التعيين",
      effects: (pin) => [
        "يُمسح الرقم السري للعميل فورًا، وعليه أن ينشئ رقمًا جديدًا عند دخوله التالي.",
        ...(pin.policy === "session" ? ["وحيثما كان قد سجّل الدخول بالفعل، سيُطلب منه إنشاؤه أيضًا."] : []),
        ...(pin.failures > 0 ? ["تُنسى المحاولات الخاطئة السابقة، وينتهي الإقفال."] : []),
      ],
      done: "أُعيد تعيين الرقم السري",
      result: "مُسح الرقم السري. على العميل أن ينشئ رقمًا جديدًا عند دخوله التالي.",
    },
    unlock: {
      name: "إلغاء القفل",
      question: "هل تريد إلغاء قفل هذا الرقم السري؟",
      confirm: "إلغاء القفل",
      effects: (pin) => [
        "ينتهي الانتظار: يمكن للعميل إدخال رقمه السري فورًا.",
        `تبقى المحاولات الخاطئة (${pin.failures}) محسوبة. وإن تلتها محاولات أخرى، يأتي القفل التالي في موعده المعتاد.`,
      ],
      done: "أُلغي قفل الرقم السري",
      result: "انتهى القفل. يمكن للعميل إدخال رقمه السري الآن.",
    },
    temporary: {
      name: "رقم سري مؤقت",
      question: "هل تريد تعيين رقم سري مؤقت؟",
      confirm: "تعيين رقم مؤقت",
      effects: (pin) => [
        pin.hasPin
          ? "يتوقف الرقم السري الحالي للعميل فورًا. يدخل العميل بالرقم المؤقت، وعليه أن يختار رقمه الخاص في الحال."
          : "يدخل العميل بالرقم المؤقت، وعليه أن يختار رقمه الخاص في الحال.",
        "سترى الرقم مرة واحدة. أخبر به العميل وحده. ينتهي بعد مدة، وبعد بضع محاولات خاطئة.",
        ...(pin.failures > 0 ? ["تُنسى المحاولات الخاطئة السابقة، وينتهي الإقفال."] : []),
      ],
      done: "عُيّن الرقم السري المؤقت",
      result: "عند الدخول التالي يُدخل العميل الرقم المؤقت، ثم عليه أن يختار رقمه الخاص.",
    },
  },
  choose: {
    label: "أريد اختيار الرقم بنفسي",
    field: "رقم سري مؤقت من 4 أرقام",
    advice: "لا يُنصح بذلك: يختار الناس أرقامًا يسهل على غيرهم تخمينها، ويكررونها.",
  },
  temporary: {
    pin: "الرقم السري المؤقت",
    once: "يظهر هذه المرة فقط. بعد الإغلاق لا يمكن لأحد الاطلاع عليه من جديد.",
    withheld: "عُيّن الرقم، لكن الرد لم يصل إلى هذه الصفحة، ولا يمكن عرضه مرة ثانية. عيّن رقمًا آخر.",
    expires: "صالح حتى",
    tries: "المحاولات الخاطئة المسموحة",
  },
  recorded: { transaction: "المعاملة", block: "الكتلة", pending: "في طريقها إلى كتلة" },
  actions: {
    lead: "ما فعله الدعم ومتى، والأحدث أولًا. لا تُذكر هنا هوية من قام به ولا هوية العميل.",
    action: "الإجراء",
    time: "الوقت",
    names: {
      reset_pin: "إعادة تعيين رقم سري",
      unlock: "إلغاء قفل رقم سري",
      set_temporary_pin: "تعيين رقم سري مؤقت",
    },
    none: "لم يقم الدعم بأي إجراء بعد.",
    older: "إجراءات أقدم",
    all: "هذه كلها.",
  },
};

export const portal = words({ en, ar });
