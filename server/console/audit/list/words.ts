import { words } from "../../shared/locale.ts";

const en = {
  title: "Events",
  lead: "Everything that happened, in the ledger's order, the newest first. Each event can be followed to its block.",
  live: "New events appear by themselves.",
  paused: "Paused: new events do not appear.",
  pause: "Pause",
  resume: "Go on",
  older: "Older events",
  newest: "Newest events",
  page: "Pages",
  filter: "Filter",
  filters: "Filters",
  type: "Kind of event",
  policy: "Policy",
  from: "From (UTC)",
  to: "Before (UTC)",
  identityHash: "Person (pseudonym)",
  identityHint: "0x and 64 hex digits, as events show it",
  all: "all",
  clear: "Remove the filters",
  none: "The ledger has no event yet. Whatever happens will appear here.",
  noneFits: "No event fits these filters.",
  looking: "Looking further back…",
  lookFurther: "Nothing here yet that fits. Look further back",
  stale: (since: string) => `The service does not answer. This is as it was at ${since} UTC; we keep asking.`,
  arrived: (count: number) => (count === 1 ? "One new event" : `${count} new events`),
  result: "Result",
  person: "Person",
  onlyPerson: "Only this person's events",
};

const ar: typeof en = {
  title: "الأحداث",
  lead: "كل ما حدث بترتيب السجل، الأحدث أولًا. ويمكن تتبّع كل حدث حتى الكتلة التي ثُبّت فيها.",
  live: "تظهر الأحداث الجديدة تلقائيًا.",
  paused: "التحديث متوقف: لا تظهر الأحداث الجديدة.",
  pause: "إيقاف مؤقت",
  resume: "متابعة",
  older: "أحداث أقدم",
  newest: "أحدث الأحداث",
  page: "الصفحات",
  filter: "تصفية",
  filters: "عوامل التصفية",
  type: "نوع الحدث",
  policy: "السياسة",
  from: "من (UTC)",
  to: "قبل (UTC)",
  identityHash: "الشخص (اسم مستعار)",
  identityHint: "0x يليها 64 رقمًا ست عشريًا، كما تظهر في الأحداث",
  all: "الكل",
  clear: "أزل عوامل التصفية",
  none: "لا أحداث في السجل بعد. سيظهر هنا كل ما يحدث.",
  noneFits: "لا يوجد حدث يطابق عوامل التصفية.",
  looking: "جارٍ البحث في الأقدم…",
  lookFurther: "لا شيء مطابق هنا بعد. ابحث في الأقدم",
  stale: (since) => `الخدمة لا تستجيب. هذا ما كان عليه السجل عند ${since} UTC، ونحن نعيد السؤال.`,
  arrived: (count) =>
    count === 1
      ? "حدث جديد"
      : count === 2
        ? "حدثان جديدان"
        : count <= 10
          ? `${count} أحداث جديدة`
          : `${count} حدثًا جديدًا`,
  result: "النتيجة",
  person: "الشخص",
  onlyPerson: "أحداث هذا الشخص وحده",
};

export const listWords = words({ en, ar });
