import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { verifyReceipt } from "../../server/ledger/index.ts";
import type { CheckName, Trust, VerdictLevel } from "../../server/ledger/index.ts";
import { consentManager } from "../../server/chain/abi.ts";
import { readFileSync } from "node:fs";
import { fakeChain } from "./fake-chain.ts";
import type { ChainDescription } from "./fake-chain.ts";
import { vectors } from "./vectors.ts";

interface Case {
  readonly trust: string;
  readonly chain: string | null;
  readonly receipt: unknown;
}

const file = vectors<{
  trust: Record<string, Trust>;
  chains: Record<string, ChainDescription>;
  valid: (Case & { name: string; level: VerdictLevel })[];
  invalid: (Case & { mutation: string; failed: CheckName | null })[];
}>("receipt");

interface Verdict {
  readonly ok: boolean;
  readonly level: string;
  readonly failed: string | null;
  readonly couldNotCheck: boolean;
}

const CASES = fileURLToPath(new URL("verify_cases.py", import.meta.url));
const VERIFIER = fileURLToPath(new URL("../../scripts/verify_receipt.py", import.meta.url));
/** More on request: MUTATIONS=100000 npm test -- test/ledger/python-verifier.test.ts */
const MUTATIONS = Number(process.env.MUTATIONS ?? 500);

/** All in one process: starting Python for each would take longer than what is tested. */
function inPython(cases: readonly Case[]): Verdict[] {
  const lines = [
    ...Object.entries(file.chains).map(([define, chain]) => ({ define, chain })),
    ...cases.map(({ receipt, trust, chain }) => ({ receipt, trust: file.trust[trust], chain })),
  ];
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const { stdout, stderr, status } = spawnSync("python3", [CASES], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  expect(stderr).to.equal("");
  expect(status).to.equal(0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
}

async function inTypeScript({ trust, chain, receipt }: Case): Promise<Verdict> {
  const { ok, level, failed, couldNotCheck } = await verifyReceipt(receipt, {
    trust: file.trust[trust] as Trust,
    chain: chain === null ? undefined : fakeChain(file.chains[chain] as ChainDescription),
  });
  return { ok, level, failed: failed ?? null, couldNotCheck };
}

const comparable = ({ ok, level, failed, couldNotCheck }: Verdict) => ({ ok, level, failed, couldNotCheck });

describe("the verifier in Python", () => {
  before(function () {
    if (spawnSync("python3", ["--version"]).status !== 0) {
      console.log("      there is no python3 here: not tried");
      this.skip();
    }
  });

  it("comes to the verdict of every vector", () => {
    const verdicts = inPython([...file.valid, ...file.invalid]);
    for (const [i, { name, level }] of file.valid.entries()) {
      expect(verdicts[i], name).to.deep.include({ ok: true, level });
    }
    for (const [i, { mutation, failed }] of file.invalid.entries()) {
      const expected = { ok: false, failed, couldNotCheck: failed === null };
      expect(verdicts[file.valid.length + i], mutation).to.deep.include(expected);
    }
  });

  it("refuses mutated receipts, and for the same reason as the one in TypeScript", async function () {
    this.timeout(20_000 + MUTATIONS * 40);
    // What a witness signed, or a transaction that is not mined yet, no verifier can judge.
    const valid = file.valid.filter(
      ({ name, trust }) => trust === "everything" && /^(mined, with |mined, the |final)/.test(name),
    );
    const cases = fc.sample(fc.constantFrom(...valid).chain(mutated), { numRuns: MUTATIONS, seed: 7 });
    const verdicts = inPython(cases);
    for (const [i, mutant] of cases.entries()) {
      const ours = await inTypeScript(mutant);
      expect(comparable(verdicts[i] as Verdict), JSON.stringify(mutant.receipt)).to.deep.equal(ours);
      expect(ours.ok, JSON.stringify(mutant.receipt)).to.equal(false);
    }
  });

  it("knows the contract's selectors and topics", () => {
    const source = readFileSync(VERIFIER, "utf8");
    for (const name of ["rootAt", "size"]) {
      expect(source).to.contain(`"${consentManager.getFunction(name)?.selector}"`);
    }
    for (const name of ["Anchored", "AnchoredSubtrees"]) {
      expect(source).to.contain(`"${consentManager.getEvent(name)?.topicHash}"`);
    }
  });
});

/** One character of one field replaced, as an adversary would who hopes that nobody looks there. */
function mutated({ receipt, trust, chain }: Case): fc.Arbitrary<Case> {
  const original = receipt as Record<string, unknown>;
  const fields = ["payload", "salt", "checkpoint", "inclusionProof", "anchor", "index"];
  return fc
    .record({
      field: fc.constantFrom(...fields),
      at: fc.nat(),
      character: fc.constantFrom(...'0123456789abcdefxAZ \n\u0001\u20ac\\"+='),
    })
    .map(({ field, at, character }) => {
      const text = JSON.stringify(original[field]);
      const place = at % text.length;
      const altered = text.slice(0, place) + JSON.stringify(character).slice(1, -1) + text.slice(place + 1);
      return { receipt: { ...original, [field]: parsed(altered) }, trust, chain };
    })
    .filter((mutant) => JSON.stringify(mutant.receipt) !== JSON.stringify(receipt));
}

/** As JSON where it still is, else as text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
