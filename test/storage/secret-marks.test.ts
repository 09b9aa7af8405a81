import { expect } from "chai";
import { unknownSecrets } from "../../server/services/known-secrets.ts";
import { conformance } from "./conformance.ts";

conformance("the marks of secrets", (database) => {
  it("are kept as they first were, of several processes by one", async () => {
    const a = await database.open();
    const b = await database.open();
    const kept = await Promise.all(
      [a, b, a, b].map((store, i) => store.write((tx) => tx.secretMarks.getOrAdd("KEY", `mark-${i}`))),
    );
    expect(new Set(kept).size).to.equal(1);
    expect(await a.read.secretMarks.get("KEY")).to.equal(kept[0]);
    expect(await a.read.secretMarks.get("OTHER")).to.equal(null);
  });

  it("tell which secrets are others than at first, and take those that are new", async () => {
    const store = await database.open();
    const judge = (marks: Record<string, string>) => unknownSecrets(store, new Map(Object.entries(marks)));
    expect(await judge({ KEY: "k", "PEPPER a": "a" })).to.deep.equal([]);
    expect(await judge({ KEY: "k", "PEPPER b": "b", "PEPPER a": "a" })).to.deep.equal([]);
    expect(await judge({ KEY: "other", "PEPPER a": "other", "PEPPER b": "b" })).to.deep.equal([
      "KEY",
      "PEPPER a",
    ]);
    expect(await judge({ KEY: "k" })).to.deep.equal([]);
  });
});
