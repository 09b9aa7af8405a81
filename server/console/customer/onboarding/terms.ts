/**
 * The document that a customer consents to. Its SHA-256 goes into the ledger with the consent, over exactly the text
 * below: with one letter changed it is another document, and takes another version.
 */
export const TERMS = {
  version: "2026-01",
  text: {
    en: `Terms for the use of a PIN
Version 2026-01

1. What this is about
You agree that a PIN of six digits, which only you know, is used to verify who you are in your bank's digital services. Without this consent no PIN may be set (Financial Regulatory Authority, Section Two - Digital Identity Authentication).

2. What is kept
Your PIN itself is not kept: only a value computed from it with a random addition and a secret key, from which it cannot be read back. Your mobile number serves to send you codes and to find your PIN. It is kept as a keyed fingerprint, and without its last four digits.

3. What is recorded
An entry is made in the identity ledger each time that your PIN is set, entered, changed or reset, and when you give or withdraw this consent: what was done, when, with what kind of device, and under a pseudonym. A fingerprint of each entry is published on a blockchain, so that nobody, your bank included, can change or remove the entry later without being found out. Neither your name nor your number nor your PIN is on the blockchain.

4. Your part
Keep your PIN to yourself. Nobody who works for your bank will ever ask you for it. If somebody may know it, change it at once, or tell your bank.

5. Wrong entries
After five wrong entries in a row the PIN is locked for a while, and longer if they go on.

6. Ending it
You may withdraw this consent at any time, at your bank; from then on no PIN can be set or reset. You may ask that what was recorded about you be erased. What then remains on the blockchain is fingerprints that tell nothing about you.`,
    ar: `شروط استخدام الرقم السري
الإصدار 2026-01

1. الموضوع
توافق على استخدام رقم سري من ستة أرقام، لا يعرفه أحد غيرك، للتحقق من هويتك في الخدمات الرقمية لمصرفك. ولا يجوز إنشاء رقم سري دون هذه الموافقة (الهيئة العامة للرقابة المالية، القسم الثاني - التحقق من الهوية الرقمية).

2. ما نحتفظ به
لا نحتفظ برقمك السري نفسه، بل بقيمة محسوبة منه مع إضافة عشوائية ومفتاح سري، ولا يمكن استخراج الرقم منها. ويُستخدم رقم هاتفك المحمول لإرسال الرموز إليك وللعثور على رقمك السري، ويُحفظ في صورة بصمة محمية بمفتاح، ومن دون أرقامه الأربعة الأخيرة.

3. ما يُسجَّل
يُضاف قيد إلى سجل الهوية كلما أُنشئ رقمك السري أو أُدخل أو غُيّر أو أُعيد تعيينه، وعندما تمنح هذه الموافقة أو تسحبها: ما الذي جرى، ومتى، وبأي نوع من الأجهزة، وتحت اسم مستعار. وتُنشر بصمة كل قيد على سلسلة كتل (بلوكتشين)، فلا يستطيع أحد، ولا مصرفك نفسه، تغيير القيد أو حذفه لاحقًا دون أن ينكشف ذلك. ولا يظهر على السلسلة اسمك ولا رقم هاتفك ولا رقمك السري.

4. ما عليك
احتفظ برقمك السري لنفسك. لن يطلبه منك أي عامل في مصرفك. وإن احتمل أن أحدًا يعرفه فغيّره فورًا أو أبلغ مصرفك.

5. الإدخال الخاطئ
بعد خمس محاولات خاطئة متتالية يُقفل الرقم السري لمدة، وتطول المدة إن استمرت المحاولات.

6. إنهاء الموافقة
يمكنك سحب هذه الموافقة في أي وقت لدى مصرفك، ومنذ ذلك الحين لا يمكن إنشاء رقم سري أو إعادة تعيينه. ويمكنك طلب محو ما سُجّل عنك، ولا يبقى عندئذ على السلسلة إلا بصمات لا تدل عليك.`,
  },
} as const;
