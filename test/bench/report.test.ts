import { expect } from "chai";
import fc from "fast-check";
import { interleave } from "../../scripts/bench/interleave.ts";
import { toMarkdown } from "../../scripts/bench/report.ts";
import type { Outcome } from "../../scripts/bench/report.ts";
import { number, ratios, show, spread } from "../../scripts/bench/spread.ts";
import { barChart, lineChart } from "../../scripts/bench/svg.ts";

const run = (outcomes: Outcome[]) =>
  toMarkdown({ startedAt: new Date(0), quick: true, seed: 1, outcomes }).split("\n");

describe("The benchmark's report", () => {
  it("shows a median between its quartiles, whatever was measured", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
        const { median, q1, q3, n } = spread(values);
        expect(q1).to.be.at.most(median);
        expect(median).to.be.at.most(q3);
        expect(n).to.equal(values.length);
      }),
    );
  });

  it("compares round by round", () => {
    expect(ratios([10, 30], [5, 10])).to.deep.equal([2, 3]);
    expect(ratios([10, 30], [5])[1]).to.be.NaN;
  });

  it("writes numbers to three digits, counts in full, and a dash where nothing was measured", () => {
    expect([12_345, 1_234.5, 12.345, 0.12345, 0, Number.NaN].map(number)).to.deep.equal([
      "12,345",
      "1,235",
      "12.3",
      "0.123",
      "0",
      "-",
    ]);
    expect(show({ median: 2, q1: 1, q3: 3, n: 3 })).to.equal("2 (1–3)");
  });

  it("lets contenders take turns, and does not count the first", async () => {
    const order: string[] = [];
    const contender = (name: string) => ({ name, measure: async () => order.push(name) });
    const told: string[] = [];
    const samples = await interleave(2, [contender("a"), contender("b")], String, (line) => told.push(line));
    expect(order.join("")).to.equal("ababab");
    expect(told).to.have.length(6);
    expect(samples.get("a")).to.deep.equal([3, 5]);
  });

  it("tells which targets were missed, and what could not be measured", () => {
    const lines = run([
      {
        part: "one",
        seconds: 1,
        result: {
          title: "One",
          method: "by hand",
          sections: [
            {
              heading: "table",
              rows: [
                ["", "a|b"],
                ["row", "1"],
              ],
            },
          ],
          targets: [{ promise: "fast", measured: "slow", met: false }],
          plots: [{ name: "plot", svg: "<svg/>" }],
          figures: {},
        },
      },
      { part: "two", seconds: 1, reason: "there is no network" },
    ]);
    expect(lines).to.include.members([
      "| fast | slow | **missed** |",
      "|  | a\\|b |",
      "| row | 1 |",
      "![plot](plot.svg)",
      "Not measured: there is no network",
    ]);
    expect(lines.join(" ")).to.include("A quick run");
  });

  it("plots as well-formed SVG without numbers that are none, whatever the names and values", () => {
    const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), value), { minLength: 1, maxLength: 8 }), (named) => {
        const plots = [
          barChart(
            "<&>",
            named.map(([label, at]) => ({ label, value: at, text: label, low: at / 2, high: at })),
          ),
          lineChart("<&>", { x: "x", y: "y" }, [{ name: "s", points: named.map(([, y], i) => [i + 1, y]) }]),
        ];
        for (const svg of plots) {
          expect(svg).to.not.match(/NaN|Infinity/);
          // What is left without its tags and entities has nothing that could open another.
          expect(
            svg.replace(/<\/?[a-z]+(?:\s[^<>]*)?\/?>/g, "").replace(/&(?:amp|lt|gt|quot);/g, ""),
          ).to.not.match(/[<>&]/);
        }
      }),
    );
  });
});
