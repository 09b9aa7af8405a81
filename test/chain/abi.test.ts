import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Interface } from "ethers";
import { CONSENT_MANAGER_ABI } from "../../server/chain/abi.ts";
import { encodePurpose } from "../../server/chain/anchor-call.ts";

const ARTIFACT = new URL("../../artifacts/contracts/ConsentManager.sol/ConsentManager.json", import.meta.url);

describe("The ABI that we and auditors use", () => {
  const { abi } = JSON.parse(readFileSync(ARTIFACT, "utf8")) as { abi: [] };
  const compiled = new Interface(abi);

  for (const line of CONSENT_MANAGER_ABI) {
    const name = /^\w+ (\w+)/.exec(line)![1]!;
    it(`agrees with the compiled contract on ${name}`, () => {
      const [ours] = new Interface([line]).fragments;
      const theirs = compiled.fragments.find(
        (one) => one.type === ours!.type && one.format("sighash") === ours!.format("sighash"),
      );
      expect(theirs, `the contract has no ${ours!.format("sighash")}`).not.to.equal(undefined);
      expect(ours!.type).to.equal(theirs!.type);
      // The signature has the types; only which of an event's fields are indexed is not part of it.
      const indexed = (fragment: typeof theirs) => fragment!.inputs.map((input) => input.indexed ?? false);
      expect(indexed(ours)).to.deep.equal(indexed(theirs));
    });
  }

  it("carries a purpose as 16 bytes, padded on the right", () => {
    expect(encodePurpose("pin_set")).to.equal("0x70696e5f736574000000000000000000");
  });
});
