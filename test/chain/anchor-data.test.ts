import { expect } from "chai";
import fc from "fast-check";
import { consentManager } from "../../server/chain/abi.ts";
import { anchorData } from "../../server/chain/anchor-data.ts";

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const size = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const digests = fc.record({ fromSize: size, size, root: hash, hashes: fc.array(hash, { maxLength: 20 }) });
const node = fc.tuple(hash, fc.bigInt({ min: 0n, max: 255n }));
const subtrees = fc.record({ fromSize: size, size, root: hash, nodes: fc.array(node, { maxLength: 20 }) });

describe("The data of an anchor's log", () => {
  it("is read as it was written, by a coder that is not ours", () => {
    fc.assert(
      fc.property(digests, (said) => {
        const { topics, data } = consentManager.encodeEventLog("Anchored", Object.values(said));
        expect(anchorData(topics, data)).to.deep.equal({ ...said, levels: null });
      }),
    );
    fc.assert(
      fc.property(subtrees, ({ nodes, ...said }) => {
        const hashes = nodes.map(([one]) => one);
        const levels = nodes.map(([, level]) => level);
        const values = [...Object.values(said), hashes, levels];
        const { topics, data } = consentManager.encodeEventLog("AnchoredSubtrees", values);
        expect(anchorData(topics, data)).to.deep.equal({ ...said, hashes, levels });
      }),
    );
  });

  it("is nothing to go by when it is cut, longer, of another event, or no hex", () => {
    const root = `0x${"11".repeat(32)}`;
    for (const [name, values] of [
      ["Anchored", [0, 2, root, [root, root]]],
      ["AnchoredSubtrees", [0, 3, root, [root, root], [1, 0]]],
    ] as const) {
      const { topics, data } = consentManager.encodeEventLog(name, values);
      for (let length = 2; length < data.length; length += 16) {
        expect(anchorData(topics, data.slice(0, length)), `${name} ${length}`).to.equal(null);
      }
      expect(anchorData(topics, `${data}${"00".repeat(32)}`)).to.equal(null);
      expect(anchorData(topics.slice(0, 2), data)).to.equal(null);
      expect(anchorData([root, ...topics.slice(1)], data)).to.equal(null);
      expect(anchorData(topics, data.replace("11", "zz"))).to.equal(null);
      // An offset, or a count, that leads elsewhere.
      for (let at = 1; at < (data.length - 2) / 64; at += 1) {
        const word = data.slice(2 + at * 64, 2 + (at + 1) * 64);
        if (word.startsWith("11") || at >= (data.length - 2) / 64 - 2) continue;
        for (const other of ["f".repeat(64), "61".padStart(64, "0"), "0".repeat(64)]) {
          const wrong = `${data.slice(0, 2 + at * 64)}${other}${data.slice(2 + (at + 1) * 64)}`;
          expect(anchorData(topics, wrong), `${name} word ${at} ${other}`).to.equal(null);
        }
      }
    }
  });
});
