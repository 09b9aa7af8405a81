import { expect } from "chai";
import { createReplay } from "../../../server/audit/replay/index.ts";
import { forgedLedgers, genuineLedger } from "./forged-ledgers.ts";
import { feed, replayed } from "./replayed.ts";

describe("The example ledgers", () => {
  it("hold when genuine, to the last event, and nothing is left unexamined", async () => {
    const replay = createReplay();
    const payloads = await genuineLedger();
    expect([...feed(replay, payloads), ...replay.end()]).to.deep.equal([]);
    expect(replay.summary()).to.deep.equal({
      replayed: payloads.length,
      erased: 0,
      subjects: 2,
      erasedSubjects: 0,
      underWay: 0,
      notReplayed: {},
    });
  });

  it("are each named at their index when forged, and at nothing before it", async () => {
    const ledgers = await forgedLedgers();
    expect(ledgers.map(({ name }) => name)).to.deep.equal([
      "extra-guess",
      "success-while-locked",
      "set-before-consent",
    ]);
    for (const { name, payloads, index, codes } of ledgers) {
      const [first] = replayed(payloads);
      expect(first, name).to.include({ index, code: codes[0] });
    }
  });
});
