import { expect } from "chai";
import { measureWeakPins } from "../../scripts/weak-pins.ts";
import type { RuleShare } from "../../scripts/weak-pins.ts";
import { WEAK_PIN_RULES, weakness } from "../../server/domain/weak-pin.ts";

const SEED_PHONE = "+201234567890";

const nameOf = (pin: string, phoneNumber?: string) => weakness(pin, { phoneNumber })?.name ?? null;

describe("the weak PIN rules", () => {
  // By rule, in order of precedence. Clients and dashboards know these names.
  const rejected: Record<string, string[]> = {
    all_zeros: ["000000", "0000"],
    all_same_digits: ["111111", "222222", "999999", "7777"],
    sequential_ascending: ["123456", "234567", "456789", "567890", "890123", "1234"],
    sequential_descending: ["654321", "987654", "543210", "210987", "4321"],
    repeated_pattern: ["123123", "456456", "121212", "929292", "1212"],
    constant_step: ["135791", "246802", "147036", "975319"],
    paired_digits: ["112233", "558811", "771100", "1122"],
    counting_pairs: ["101112", "102030", "142536", "010203", "605040"],
    mirrored_halves: ["123321", "481184", "4884"],
    two_digits_only: ["111222", "100000", "787877"],
    keypad_lines: [
      "147258",
      "159357",
      "789456",
      "258025",
      "741963",
      "123698",
      "147896",
      "085208",
      "139713",
      "2580",
    ],
    date_day_month_year: ["311299", "290200", "150690"],
    date_month_day_year: ["123199", "022999", "061590"],
    date_year_month_day: ["991231", "901130", "690229"],
    year: ["199087", "871990", "202987", "194098"],
    phone_number: [],
  };

  it("keep their names and their order", () => {
    expect(WEAK_PIN_RULES.map((rule) => rule.name)).to.deep.equal(Object.keys(rejected));
  });

  for (const [name, pins] of Object.entries(rejected)) {
    if (pins.length === 0) continue;
    it(`reject ${pins.join(", ")} as ${name}`, () => {
      expect(pins.map((pin) => nameOf(pin))).to.deep.equal(pins.map(() => name));
    });
  }

  it("reject all that seed 002's five expressions reject, by the seed's names", () => {
    const seed = [
      { pattern: /^000000$/, name: "all_zeros" },
      { pattern: /^(\d)\1{5}$/, name: "all_same_digits" },
      { pattern: /^123456$/, name: "sequential_ascending" },
      { pattern: /^654321$/, name: "sequential_descending" },
      { pattern: /^(\d{3})\1$/, name: "repeated_pattern" },
    ];
    for (let half = 0; half < 1000; half++) {
      const text = String(half).padStart(3, "0");
      for (const pin of [text + text, "123456", "654321"]) {
        expect(nameOf(pin, SEED_PHONE), pin).to.equal(seed.find(({ pattern }) => pattern.test(pin))?.name);
      }
    }
  });

  it("accept 123789, which seed 002 sets, and ordinary PINs", () => {
    const ordinary = ["123789", "481516", "739164", "905827", "364910", "578203", "847360", "400571"];
    for (const pin of ordinary) expect(nameOf(pin, SEED_PHONE), pin).to.equal(null);
  });

  it("take only days that exist for dates, and February with 29", () => {
    expect(
      ["290299", "300299", "310499", "320199", "311399", "000199"].map((pin) => nameOf(pin)),
    ).to.deep.equal(["date_day_month_year", null, null, null, null, null]);
  });

  it("take only the years that people live in", () => {
    expect(["193987", "203087", "871939", "872030"].map((pin) => nameOf(pin))).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
  });

  it("make a sentence each, with the words that a refusal begins with", () => {
    for (const { name, sentence } of WEAK_PIN_RULES) {
      expect(name).to.match(/^[a-z]+(_[a-z]+)*$/);
      expect(sentence).to.match(/^(it|its|all its|each of its) .*[^.]$/);
    }
  });
});

describe("the digits of the customer's phone number", () => {
  const phone = "+201004815162";

  it("are rejected wherever they stand in it, forward and backward", () => {
    for (const pin of ["010048", "004815", "481516", "815162", "261518", "184001"]) {
      expect(nameOf(pin, phone), pin).to.equal("phone_number");
      expect(nameOf(pin), `${pin} without the number`).to.equal(null);
    }
  });

  it("are found however the number is written", () => {
    expect(nameOf("481516", "+20 100-481 51.62")).to.equal("phone_number");
  });

  it("leave alone a PIN that shares five of them, or has them in another order", () => {
    for (const pin of ["481517", "815163", "418516"]) expect(nameOf(pin, phone), pin).to.equal(null);
  });
});

describe("all million PINs", () => {
  let shares: RuleShare[];
  before(() => (shares = measureWeakPins({ phoneNumber: SEED_PHONE })));

  it("are blocked to between 8 and 12 per cent: fewer help little, more annoy", () => {
    const total = shares.reduce((sum, { first }) => sum + first, 0);
    expect(total).to.be.within(80_000, 120_000);
  });

  it("give each rule some that it is the first to reject", () => {
    for (const { name, first, all } of shares) {
      expect(first, name).to.be.above(0);
      expect(all, name).to.be.at.least(first);
    }
  });

  it("break each rule as often as counting on paper says", () => {
    const counts = Object.fromEntries(shares.map(({ name, all }) => [name, all]));
    const dates = 366 * 100;
    expect(counts).to.include({
      all_zeros: 1,
      all_same_digits: 10,
      sequential_ascending: 10,
      sequential_descending: 10,
      repeated_pattern: 1000 + 100 - 10,
      constant_step: 100,
      paired_digits: 1000,
      mirrored_halves: 1000,
      two_digits_only: 10 + 45 * (2 ** 6 - 2),
      date_day_month_year: dates,
      date_month_day_year: dates,
      date_year_month_day: dates,
      // 90 years before or after two digits; 2019xx and 2020xx end with a year as well 60 and 30 times.
      year: 2 * 90 * 100 - 60 - 30,
      // Twelve digits have seven runs of six, each way.
      phone_number: 2 * 7,
    });
  });
});
