import { expect } from "chai";
import fc from "fast-check";
import { Refusal } from "../../server/domain/errors.ts";
import { parseNewPin, parsePin } from "../../server/domain/pin.ts";
import { POLICIES } from "../../server/domain/policy.ts";
import { refusalOf } from "./refusal.ts";

const { fra, standard, session } = POLICIES;

const FORMAT = "PIN_FORMAT_ERROR";

describe("a PIN", () => {
  it("has exactly as many digits as its policy says", () => {
    const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 64, 1_000_000];
    for (const policy of [fra, standard, session]) {
      const accepted = lengths.filter(
        (length) => refusalOf(() => parsePin(policy, "7".repeat(length))) === null,
      );
      expect(accepted, policy.id).to.deep.equal(policy.pinLengths);
    }
    expect([fra, standard, session].map((policy) => policy.pinLengths)).to.deep.equal([[6], [4, 6], [4]]);
    expect(refusalOf(() => parsePin(fra, "12345"))).to.deep.include({ code: FORMAT, reason: "wrong_length" });
  });

  it("keeps its leading zeros", () => {
    expect(parsePin(session, "0012")).to.equal("0012");
    expect(parsePin(session, "0000")).to.equal("0000");
    expect(parseNewPin(session, "0012")).to.equal("0012");
    expect(parsePin(fra, "000012")).to.equal("000012");
  });

  const spellings = {
    "Arabic-Indic digits": "١٢٣٧٨٩",
    "Eastern Arabic-Indic digits": "۱۲۳۷۸۹",
    "full-width digits": "１２３７８９",
    superscripts: "¹²³⁷⁸⁹",
    "circled digits": "①②③⑦⑧⑨",
    "one foreign digit among six": "12378９",
    "a space before": " 123789",
    "a space in place of a digit": "12 789",
    "a newline after": "123789\n",
    "a tab": "\t12378",
    "a no-break space": "\u00a0123789",
    "a zero-width space": "123\u200b789",
    "a NUL": "12378\0",
    "a plus sign": "+12378",
    "a minus sign": "-12378",
    "a decimal point": "1237.9",
    "an exponent": "1237e9",
    "hexadecimal notation": "0x1237",
    "an underscore": "123_89",
    letters: "abcdef",
    nothing: "",
    "a million letters": "x".repeat(1_000_000),
  };
  for (const [what, text] of Object.entries(spellings)) {
    it(`is refused as not digits when written with ${what}`, () => {
      for (const policy of [fra, standard, session]) {
        const refused = refusalOf(() => parsePin(policy, text));
        expect(refused).to.deep.include({ code: FORMAT, reason: "not_digits" });
      }
    });
  }

  it("has one spelling: whatever text is accepted consists of the ten ASCII digits", () => {
    const digitLike = fc.constantFrom(..."0123456789٣５² +-.\n");
    fc.assert(
      fc.property(fc.array(digitLike, { minLength: 3, maxLength: 7 }), (characters) => {
        const text = characters.join("");
        const accepted = refusalOf(() => parsePin(standard, text)) === null;
        const proper = [...text].every((c) => "0123456789".includes(c)) && [4, 6].includes(text.length);
        expect(accepted).to.equal(proper);
      }),
    );
  });

  it("is never repeated in a refusal", () => {
    for (const text of ["12345", "123456", "48151623", "48x516"]) {
      const refused = refusalOf(() => parseNewPin(fra, text));
      expect(refused).to.be.instanceOf(Refusal);
      expect(JSON.stringify({ ...refused, message: refused?.message })).not.to.include(text);
    }
  });
});

describe("a new PIN", () => {
  it("must not be weak with fra, and the refusal names the rule and says it in a sentence", () => {
    const refused = refusalOf(() => parseNewPin(fra, "654321"));
    expect(refused).to.deep.include({ code: "WEAK_PIN_REJECTED", reason: "sequential_descending" });
    expect(refused?.message).to.equal("This PIN is too easy to guess: its digits count down.");
  });

  it("is judged by its form before its strength", () => {
    expect(refusalOf(() => parseNewPin(fra, "11111"))).to.deep.include({ code: FORMAT });
  });

  it("is judged beside the customer's phone number when that is known", () => {
    const phoneNumber = "+201004815162";
    expect(parseNewPin(fra, "481516")).to.equal("481516");
    const refused = refusalOf(() => parseNewPin(fra, "481516", { phoneNumber }));
    expect(refused).to.deep.include({ code: "WEAK_PIN_REJECTED", reason: "phone_number" });
  });

  it("may be weak where the seeds want no rules, and a weak one set long ago still verifies", () => {
    expect(parseNewPin(session, "1234")).to.equal("1234");
    expect(parseNewPin(standard, "123456")).to.equal("123456");
    expect(parsePin(fra, "111111")).to.equal("111111");
  });
});
