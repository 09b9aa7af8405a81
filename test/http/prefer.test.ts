import { expect } from "chai";
import { waitPreference } from "../../server/http/prefer.ts";

describe("The Prefer header (RFC 7240)", () => {
  const cases: [string | undefined, number, string | null][] = [
    [undefined, 5_000, null],
    ["", 5_000, null],
    ["respond-async", 0, "respond-async"],
    ["Respond-Async", 0, "respond-async"],
    ["wait=2", 2_000, "wait=2"],
    ['wait="2"', 2_000, "wait=2"],
    ["wait = 0", 0, "wait=0"],
    ["wait=86400", 30_000, "wait=30"],
    ["respond-async, wait=10", 0, "respond-async"],
    ["return=minimal", 5_000, null],
    ["wait=-1", 5_000, null],
    ["wait=1e9", 5_000, null],
    ["wait", 5_000, null],
    ["x".repeat(10_000), 5_000, null],
  ];
  for (const [header, waitMs, applied] of cases) {
    it(`${JSON.stringify(header)?.slice(0, 40)} waits ${waitMs} ms`, () => {
      expect(waitPreference(header, 5_000)).to.deep.equal({ waitMs, applied });
    });
  }
});
