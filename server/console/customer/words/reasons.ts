/** What a problem's `reason` adds for the customer, where the code alone would leave him guessing. */
export const reasons = {
  en: {
    temporary_pin_reused:
      "The temporary PIN cannot be your new one: support knows it. Please choose another.",
    same_pin: "The new PIN must differ from the current one.",
    invalid_phone_number:
      "This is not a mobile number with its country's code. Write it like +20\u00a0123\u00a0456\u00a07890.",
    otp_wrong: "This code is not right. Check it, or ask for a new one.",
    otp_used: "This code has been used already. Ask for a new one.",
    otp_expired: "The code has expired. Ask for a new one.",
    otp_exhausted: "Too many wrong codes. Ask for a new one.",
    otp_locked: "Too many wrong codes were entered for this number. Try again later.",
    otp_requests: "Too many codes were asked for this number. Try again later.",
  } as Readonly<Record<string, string>>,
  ar: {
    temporary_pin_reused: "لا يصلح الرقم السري المؤقت رقمًا جديدًا لأن فريق الدعم يعرفه. يرجى اختيار غيره.",
    same_pin: "يجب أن يختلف الرقم السري الجديد عن الحالي.",
    invalid_phone_number:
      "هذا ليس رقم هاتف محمول مع رمز الدولة. اكتبه مثل \u2066+20\u00a0123\u00a0456\u00a07890\u2069.",
    otp_wrong: "الرمز غير صحيح. راجعه أو اطلب رمزًا جديدًا.",
    otp_used: "استُخدم هذا الرمز من قبل. اطلب رمزًا جديدًا.",
    otp_expired: "انتهت صلاحية الرمز. اطلب رمزًا جديدًا.",
    otp_exhausted: "أُدخلت رموز خاطئة كثيرة. اطلب رمزًا جديدًا.",
    otp_locked: "أُدخلت رموز خاطئة كثيرة لهذا الرقم. حاول لاحقًا.",
    otp_requests: "طُلبت رموز كثيرة لهذا الرقم. حاول لاحقًا.",
  } as Readonly<Record<string, string>>,
};

/** By the names of domain/weak-pin-rules.ts; they complete `weak`. */
export const weakness = {
  en: {
    sentence: (why: string) => `This PIN is too easy to guess: ${why}. Please choose another.`,
    rules: {
      all_zeros: "all its digits are zero",
      all_same_digits: "all its digits are the same",
      sequential_ascending: "its digits count up",
      sequential_descending: "its digits count down",
      repeated_pattern: "it repeats itself",
      constant_step: "its digits go up or down in equal steps",
      paired_digits: "each of its digits comes twice in a row",
      counting_pairs: "its pairs of digits count up or down",
      mirrored_halves: "its second half mirrors its first",
      two_digits_only: "it has only two different digits",
      keypad_lines: "it draws lines on the keypad",
      date_day_month_year: "it reads as a date",
      date_month_day_year: "it reads as a date",
      date_year_month_day: "it reads as a date",
      year: "it begins or ends with a year",
      phone_number: "it is part of your phone number",
    } as Readonly<Record<string, string>>,
  },
  ar: {
    sentence: (why: string) => `هذا الرقم السري سهل التخمين: ${why}. يرجى اختيار غيره.`,
    rules: {
      all_zeros: "كل أرقامه أصفار",
      all_same_digits: "كل أرقامه متشابهة",
      sequential_ascending: "أرقامه متسلسلة تصاعديًا",
      sequential_descending: "أرقامه متسلسلة تنازليًا",
      repeated_pattern: "يكرر نفسه",
      constant_step: "أرقامه تزيد أو تنقص بخطوات متساوية",
      paired_digits: "كل رقم فيه مكرر مرتين متتاليتين",
      counting_pairs: "أزواج أرقامه متسلسلة",
      mirrored_halves: "نصفه الثاني صورة معكوسة من الأول",
      two_digits_only: "فيه رقمان مختلفان فقط",
      keypad_lines: "يرسم خطوطًا على لوحة المفاتيح",
      date_day_month_year: "يبدو تاريخًا",
      date_month_day_year: "يبدو تاريخًا",
      date_year_month_day: "يبدو تاريخًا",
      year: "يبدأ بسنة أو ينتهي بها",
      phone_number: "هو جزء من رقم هاتفك",
    } as Readonly<Record<string, string>>,
  },
};
