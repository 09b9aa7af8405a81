import { words } from "../../shared/locale.ts";

const en = {
  lead: "The service hour by hour. These are numbers of everybody together: nobody is in them.",
  ranges: { day: "24 hours", week: "7 days" },
  range: "The last",
  refresh: "Look again",
  asOf: (instant: string) => `As of ${instant}`,
  table: "The same as a table",
  hour: "Hour",
  none: "none",
  charts: {
    setUps: { name: "Set-ups", about: "First PINs, all kinds of PIN together" },
    successRate: {
      name: "Success rate",
      about: "How many of the PINs that were checked were right; what a lock refused was not checked",
    },
    lockouts: { name: "Lockouts", about: "PINs locked after wrong ones" },
    weakRejections: {
      name: "Weak PINs refused",
      about: "Refused set-ups are no events of the ledger: each process counts its own",
    },
    anchorLag: {
      name: "Longest wait for a block",
      about: "From an event until it was seen in a block of the chain; until now for what still waits",
    },
  },
  columns: { right: "Right", wrong: "Wrong", refused: "Refused by a lock" },
  summary: (name: string, value: string) => `${name}, hour by hour. In all: ${value}.`,
};

const ar: typeof en = {
  lead: "الخدمة ساعةً بساعة. هذه أرقام الجميع معًا ولا يظهر فيها أحد.",
  ranges: { day: "24 ساعة", week: "7 أيام" },
  range: "آخر",
  refresh: "تحديث",
  asOf: (instant) => `حتى ${instant}`,
  table: "الأرقام نفسها في جدول",
  hour: "الساعة",
  none: "لا يوجد",
  charts: {
    setUps: { name: "أرقام سرية جديدة", about: "أول رقم سري للعميل، من جميع الأنواع معًا" },
    successRate: {
      name: "نسبة النجاح",
      about: "نسبة الأرقام الصحيحة مما جرى التحقق منه؛ وما رفضه القفل لم يُتحقق منه",
    },
    lockouts: { name: "حالات الإقفال", about: "أرقام سرية أُقفلت بعد محاولات خاطئة" },
    weakRejections: {
      name: "أرقام ضعيفة مرفوضة",
      about: "المحاولات المرفوضة ليست أحداثًا في السجل: تعدّ كل نسخة من الخدمة ما رفضته",
    },
    anchorLag: {
      name: "أطول انتظار لكتلة",
      about: "من وقوع الحدث حتى ظهوره في كتلة على السلسلة؛ وما لا يزال ينتظر يُحسب حتى الآن",
    },
  },
  columns: { right: "صحيحة", wrong: "خاطئة", refused: "رفضها القفل" },
  summary: (name, value) => `${name}، ساعةً بساعة. المجموع: ${value}.`,
};

export const figuresWords = words({ en, ar });
