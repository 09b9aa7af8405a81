import { expect } from "chai";
import { adoptSecrets, unknownSecrets } from "../../server/services/known-secrets.ts";
import type { Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";

conformance("the marks of secrets", (database) => {
  it("are kept as they first were, of several processes by one", async () => {
    const a = await database.open();
    const b = await database.open();
    const refused = await Promise.all(
      [a, b, a, b].map((store, i) => adoptSecrets(store, new Map([["KEY", `mark-${i}`]]))),
    );
    expect(refused.filter((unknown) => unknown.length === 0)).to.have.length(1);
    const first = refused.findIndex((unknown) => unknown.length === 0);
    expect(await a.read.secretMarks.get("KEY")).to.equal(`mark-${first}`);
    expect(await a.read.secretMarks.get("OTHER")).to.equal(null);
  });

  it("are another's where that one came first, at whatever moment", async () => {
    const store = await database.open();
    const { read } = store;
    const get = async (name: string) => {
      const mark = await read.secretMarks.get(name);
      await adoptSecrets(store, new Map([["KEY", "first"]]));
      return mark;
    };
    const late = {
      read: { ...read, secretMarks: { ...read.secretMarks, get } },
      write: store.write.bind(store),
    } as unknown as Store;
    expect(await adoptSecrets(late, new Map([["KEY", "second"]]))).to.deep.equal(["KEY"]);
    expect(await read.secretMarks.get("KEY")).to.equal("first");
  });

  it("tell which secrets are others than at first, and take those that are new", async () => {
    const store = await database.open();
    const judge = (marks: Record<string, string>) => adoptSecrets(store, new Map(Object.entries(marks)));
    expect(await judge({ KEY: "k", "PEPPER a": "a" })).to.deep.equal([]);
    expect(await judge({ KEY: "k", "PEPPER b": "b", "PEPPER a": "a" })).to.deep.equal([]);
    expect(await judge({ KEY: "other", "PEPPER a": "other", "PEPPER b": "b" })).to.deep.equal([
      "KEY",
      "PEPPER a",
    ]);
    expect(await judge({ KEY: "k" })).to.deep.equal([]);
  });

  it("are not taken from a process that is refused, nor by a look alone", async () => {
    const store = await database.open();
    await adoptSecrets(store, new Map([["KEY", "k"]]));
    const foreign = new Map([
      ["KEY", "other"],
      ["PEPPER a", "theirs"],
    ]);
    expect(await adoptSecrets(store, foreign)).to.deep.equal(["KEY"]);
    expect(await unknownSecrets(store.read, new Map([["PEPPER a", "ours"]]))).to.deep.equal([]);
    expect(await store.read.secretMarks.get("PEPPER a")).to.equal(null);
  });
});
