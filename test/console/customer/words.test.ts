import { createHash } from "node:crypto";
import { expect } from "chai";
import { fingerprint } from "../../../server/console/customer/onboarding/fingerprint.ts";
import { phoneNumberOf } from "../../../server/console/customer/onboarding/phone-number.ts";
import { TERMS } from "../../../server/console/customer/onboarding/terms.ts";
import { reasons, weakness } from "../../../server/console/customer/words/reasons.ts";
import { WEAK_PIN_RULES } from "../../../server/domain/weak-pin.ts";

describe("What the customer's screens say", () => {
  for (const language of ["en", "ar"] as const) {
    it(`has a reason for every rule that a PIN may break (${language})`, () => {
      const named = WEAK_PIN_RULES.map(({ name }) => name).sort();
      expect(Object.keys(weakness[language].rules).sort()).to.deep.equal(named);
      expect(Object.keys(reasons[language]).sort()).to.deep.equal(Object.keys(reasons.en).sort());
    });

    it(`holds the terms of this version, by their SHA-256 (${language})`, () => {
      const expected = createHash("sha256").update(TERMS.text[language]).digest("hex");
      expect(fingerprint(TERMS.text[language])).to.equal(`0x${expected}`);
      expect(TERMS.text[language]).to.contain(TERMS.version);
      expect(expected, "another text is another version").to.equal(TERMS_OF_2026_01[language]);
    });
  }

  it("spells a number as the service does, however it was typed", () => {
    const spellings = {
      "+201234567890": ["+20 123 456 7890", "0020 123-456-7890", "20(123)4567890", " +٢٠ ١٢٣ ٤٥٦ ٧٨٩٠ "],
      "+00": ["+00"],
      "+": ["", "abc"],
    };
    for (const [expected, typed] of Object.entries(spellings)) {
      for (const one of typed) expect(phoneNumberOf(one), one).to.equal(expected);
    }
  });
});

const TERMS_OF_2026_01 = {
  en: "0fdf2c0acb9546dd1fdcd12936fff759b7427776e001526c74a0eacdf313bbd2",
  ar: "507aaace7a945822423646dfa2681559633bda37e382ebb530c3601f1ae46db2",
};
