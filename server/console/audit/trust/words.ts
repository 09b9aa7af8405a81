import { words } from "../../shared/locale.ts";
import { ltr } from "../format.ts";

const en = {
  title: "What you trust",
  fromService:
    "These values come from the service that you are auditing. That is good for trying out, and proves nothing against its operator: put in what you were given elsewhere, and an endpoint of your own.",
  yours: "These values are yours.",
  page: "This page, too, comes from the service. In a dispute, rely on code that you took yourself: npm run audit.",
  reset: "Take the service's values again",
  rpcUrl: "Endpoint of the chain (RPC URL)",
  rpcHint:
    "https://…, or http:// on this computer (127.0.0.1, localhost). It must let other pages ask it (CORS).",
  noRpc: "The service does not tell its endpoint. Use one of your own.",
  chainId: "Chain id",
  contract: "Contract",
  ledgerKey: "The ledger's key",
  codeHash: "Hash of the contract's code (optional)",
  incomplete: "First complete what you trust.",
  faults: {
    missing: "This is needed.",
    chainId: "A whole number greater than zero.",
    contract: "0x and 40 hex digits.",
    ledgerKey: "name+8 hex digits+base64, as it was given to you.",
    codeHash: "0x and 64 hex digits.",
    url: "This is no URL.",
    scheme: "It must begin with https://, or with http://127.0.0.1 or http://localhost.",
    credentials: "Browsers ask no endpoint with a user name or password in its URL.",
  },
};

const ar: typeof en = {
  title: "ما تثق به",
  fromService:
    "هذه القيم من الخدمة التي تدققها. وهي تصلح للتجربة ولا تثبت شيئًا على مشغّلها: ضع القيم التي أُعطيتها من مصدر آخر، ونقطة وصول خاصة بك.",
  yours: "هذه القيم قيمك أنت.",
  page: `وهذه الصفحة نفسها من الخدمة. عند النزاع اعتمد على شيفرة أخذتها بنفسك: ${ltr("npm run audit")}.`,
  reset: "أعد قيم الخدمة",
  rpcUrl: "نقطة الوصول إلى السلسلة (عنوان RPC)",
  rpcHint: `${ltr("https://…")} أو ${ltr("http://")} على هذا الحاسوب (${ltr("127.0.0.1")} أو localhost). ويجب أن تسمح للصفحات الأخرى بسؤالها (CORS).`,
  noRpc: "لا تفصح الخدمة عن نقطة وصولها. استخدم نقطة خاصة بك.",
  chainId: "معرّف السلسلة",
  contract: "العقد",
  ledgerKey: "مفتاح السجل",
  codeHash: "بصمة شيفرة العقد (اختياري)",
  incomplete: "أكمل أولًا ما تثق به.",
  faults: {
    missing: "هذه القيمة لازمة.",
    chainId: "عدد صحيح أكبر من الصفر.",
    contract: "0x يليها 40 رقمًا ست عشريًا.",
    ledgerKey: `${ltr("name+8 hex digits+base64")} كما أُعطي لك.`,
    codeHash: "0x يليها 64 رقمًا ست عشريًا.",
    url: "هذا ليس عنوان URL.",
    scheme: `يجب أن يبدأ بـ ${ltr("https://")} أو بـ ${ltr("http://127.0.0.1")} أو ${ltr("http://localhost")}.`,
    credentials: "لا تسأل المتصفحات نقطة وصول في عنوانها اسم مستخدم أو كلمة مرور.",
  },
};

export const trustWords = words({ en, ar });
export type TrustFault = keyof typeof en.faults;
