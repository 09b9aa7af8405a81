import type { CheckName, CheckStatus } from "../../../ledger/index.ts";
import { words } from "../../shared/locale.ts";
import type { FileFault } from "./receipt-file.ts";

const names: Record<CheckName, string> = {
  receipt: "It is a receipt",
  payload: "The payload is canonical",
  checkpoint: "The ledger's key signed the checkpoint",
  ledger: "Event and checkpoint are of one ledger",
  inclusion: "The event is in the tree",
  chain: "The endpoint serves your chain",
  contract: "The receipt names your contract",
  transaction: "The transaction is in its block",
  anchor: "The transaction anchored this event",
  root: "The contract holds this root",
};
const statuses: Record<CheckStatus | "waiting", string> = {
  passed: "holds",
  failed: "does not hold",
  skipped: "not made",
  unavailable: "no answer",
  waiting: "waiting",
};
const faults: Record<FileFault, string> = {
  tooLarge: "This file is too large to be a receipt: none has more than a few hundred kilobytes.",
  empty: "There is nothing in it.",
  notText: "This file holds no text, so it is no receipt.",
  notJson: "This is not JSON, so it is no receipt. Was it cut off, or changed?",
  isExport: "This is the export of a whole ledger, not a receipt.",
  unreadable: "The file could not be read. Is it a folder, or has it been moved?",
};

const en = {
  title: "Verify a receipt",
  lead: "A receipt proves that one event is in the ledger, as it is and where it is. It is checked here, in your browser, by the code that auditors use; the service has no part in it but for the file itself.",
  drop: "Drop a receipt anywhere on this page",
  paste: "Or paste it",
  pasteLabel: "The receipt as text",
  verify: "Verify",
  again: "Verify again",
  checks: "The checks, one after the other",
  from: (name: string) => `Receipt: ${name}`,
  fromEvent: "from the ledger",
  pasted: "pasted",
  names,
  statuses,
  faults,
  toLedger: "Check a whole ledger",
  running: "Checking…",
  verified: "Verified",
  verifiedSays:
    "Every check holds, up to the contract that you trust: the operator can neither change nor deny this event.",
  doesNotHold: "Does not hold",
  doesNotHoldSays: (check: string) => `This check fails: ${check}.`,
  couldNotCheck: "Could not be checked",
  noAnswerSays: (check: string) =>
    `There was no answer to this check: ${check}. That says nothing about the receipt.`,
  noAnswerHint:
    "Is the endpoint's address right, is it running, and does it allow other pages to ask it (CORS)? Your browser does not tell us which it is.",
  notYetSays:
    "So far nothing speaks against it, but the chain does not bear it out yet: until then it rests on the operator's word. Fetch the receipt again once its event is in a block.",
  fetching: "Fetching the receipt…",
};

const arNames: Record<CheckName, string> = {
  receipt: "الملف إيصال",
  payload: "المحتوى بصيغته المعيارية",
  checkpoint: "مفتاح السجل وقّع نقطة التثبيت",
  ledger: "الحدث ونقطة التثبيت من سجل واحد",
  inclusion: "الحدث في الشجرة",
  chain: "نقطة الوصول تخدم سلسلتك",
  contract: "الإيصال يذكر عقدك",
  transaction: "المعاملة في كتلتها",
  anchor: "المعاملة ثبّتت هذا الحدث",
  root: "العقد يحفظ هذا الجذر",
};

const ar: typeof en = {
  title: "التحقق من إيصال",
  lead: "يثبت الإيصال أن حدثًا بعينه في السجل كما هو وفي مكانه. يُفحص هنا في متصفحك بالشيفرة التي يستخدمها المدققون، ولا دور للخدمة فيه سوى الملف نفسه.",
  drop: "أفلت إيصالًا في أي مكان من هذه الصفحة",
  paste: "أو الصقه",
  pasteLabel: "الإيصال نصًّا",
  verify: "تحقق",
  again: "تحقق مرة أخرى",
  checks: "الفحوص واحدًا بعد الآخر",
  from: (name) => `الإيصال: ${name}`,
  fromEvent: "من السجل",
  pasted: "ملصق",
  names: arNames,
  statuses: {
    passed: "صحيح",
    failed: "غير صحيح",
    skipped: "لم يُجرَ",
    unavailable: "لا جواب",
    waiting: "في الانتظار",
  },
  faults: {
    tooLarge: "هذا الملف أكبر من أن يكون إيصالًا: لا يزيد أي إيصال على بضع مئات من الكيلوبايت.",
    empty: "لا شيء فيه.",
    notText: "ليس في هذا الملف نص، فليس إيصالًا.",
    notJson: "هذا ليس JSON، فليس إيصالًا. هل اقتُطع أو غُيّر؟",
    isExport: "هذا تصدير لسجل كامل، وليس إيصالًا.",
    unreadable: "تعذّرت قراءة الملف. هل هو مجلد، أو نُقل من مكانه؟",
  },
  toLedger: "افحص سجلًا كاملًا",
  running: "جارٍ الفحص…",
  verified: "تم التحقق",
  verifiedSays:
    "كل الفحوص صحيحة وصولًا إلى العقد الذي تثق به: لا يستطيع المشغّل أن يغيّر هذا الحدث ولا أن ينكره.",
  doesNotHold: "غير صحيح",
  doesNotHoldSays: (check) => `فشل هذا الفحص: ${check}.`,
  couldNotCheck: "تعذّر الفحص",
  noAnswerSays: (check) => `لم يأت جواب لهذا الفحص: ${check}. وهذا لا يقول شيئًا عن الإيصال.`,
  noAnswerHint:
    "هل عنوان نقطة الوصول صحيح، وهل هي تعمل، وهل تسمح للصفحات الأخرى بسؤالها (CORS)؟ لا يخبرنا متصفحك أيّها السبب.",
  notYetSays:
    "لا شيء ينقضه حتى الآن، لكن السلسلة لا تؤكده بعد: وإلى ذلك الحين يقوم على كلمة المشغّل. اجلب الإيصال من جديد حين يدخل حدثه كتلة.",
  fetching: "جارٍ جلب الإيصال…",
};

export const verifyWords = words({ en, ar });
