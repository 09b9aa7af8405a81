import { expect } from "chai";
import { maskPhoneNumber, parsePhoneNumber } from "../../server/domain/phone.ts";
import { refusalOf } from "./refusal.ts";

describe("a phone number", () => {
  it("is accepted as the seed writes it, and as other countries' mobiles are", () => {
    for (const text of ["+201234567890", "+447400123456", "+491701234567", "+12015550123"]) {
      expect(parsePhoneNumber(text)).to.equal(text);
    }
  });

  const refused = {
    "without its plus": "201234567890",
    "with an international prefix": "00201234567890",
    "as dialled at home": "01234567890",
    "with spaces": "+20 123 456 7890",
    "with a space before": " +201234567890",
    "with a newline after": "+201234567890\n",
    "with hyphens": "+20-123-456-7890",
    "with brackets": "+20(123)4567890",
    "with a trunk zero": "+2001234567890",
    "with an extension": "+201234567890;ext=5",
    "as a URI": "tel:+201234567890",
    "in Arabic-Indic digits": "+٢٠١٢٣٤٥٦٧٨٩٠",
    "with a full-width plus": "＋201234567890",
    "with two plusses": "++201234567890",
    "with a zero-width space": "+20123456\u200b7890",
    "after other text": "call +201234567890",
    "in letters": "+1800FLOWERS",
    "too short": "+2012345678",
    "too long": "+20123456789012345",
    "of no country": "+999123456789",
    "of a landline": "+20223456789",
    "as nothing": "",
    "as a plus": "+",
    "at great length": `+${"2".repeat(100_000)}`,
  };
  for (const [how, text] of Object.entries(refused)) {
    it(`is refused ${how}: one number has one spelling`, () => {
      const refusal = refusalOf(() => parsePhoneNumber(text));
      expect(refusal).to.deep.include({ code: "VALIDATION_ERROR", reason: "invalid_phone_number" });
    });
  }

  it("is shown without its last four digits, as the seed shows it", () => {
    expect(maskPhoneNumber(parsePhoneNumber("+201234567890"))).to.equal("+20123456****");
    expect(maskPhoneNumber(parsePhoneNumber("+12015550123"))).to.equal("+1201555****");
  });
});
