import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { leafHash } from "../helpers/reference-tree.ts";
import { type ConsentManager, deploy, frontierOf } from "./fixtures.ts";

interface Root {
  size: number;
  root: string;
}
interface Proof {
  index: number;
  size: number;
  proof: string[];
}
interface Vectors {
  published: { leaves: string[]; roots: Root[] };
  digests: string[];
  roots: Root[];
  inclusion: Proof[];
  invalid: { inclusion: (Proof & { mutation: string; digest: string; root: string })[] };
}

const vectors = JSON.parse(
  await readFile(new URL("../vectors/merkle.json", import.meta.url), "utf8"),
) as Vectors;

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), "hex");

describe("The contract and the vectors of test/vectors/merkle.json", () => {
  let contract: ConsentManager;

  before(async () => {
    contract = await deploy();
    const digests = vectors.digests.map(bytes);
    for (const [size, digest] of digests.entries()) {
      await contract.anchor(size, frontierOf(digests.slice(0, size)), [digest], []);
    }
  });

  it("agree on the roots that Certificate Transparency published", async () => {
    // Its leaves are of any length and ours are digests, so they enter as leaf hashes: subtrees of level 0.
    const published = await deploy();
    const leaves = vectors.published.leaves.map(bytes);
    for (const { size, root } of vectors.published.roots) {
      if (size > 0) {
        const before = frontierOf(leaves.slice(0, size - 1));
        await published.anchorSubtrees(size - 1, before, [leafHash(leaves[size - 1]!)], [0], []);
      }
      expect(await published.root(), `size ${size}`).to.equal(root);
    }
  });

  it("agree on the roots of our tree", async () => {
    for (const { size, root } of vectors.roots) {
      if (size > 0) expect(await contract.rootAt(size), `size ${size}`).to.equal(root);
    }
  });

  it("agree on every proof that holds", async () => {
    for (const { index, size, proof } of vectors.inclusion) {
      const included = await contract.verifyInclusion(vectors.digests[index]!, index, size, proof);
      expect(included, `leaf ${index} of ${size}`).to.equal(true);
    }
  });

  it("agree on every proof that does not, but for those about a root: the contract uses its own", async () => {
    for (const { mutation, digest, index, size, proof, root } of vectors.invalid.inclusion) {
      const included = await contract.verifyInclusion(digest, index, size, proof);
      expect(included, mutation).to.equal(
        mutation === "another root" && root !== (await contract.rootAt(size)),
      );
    }
  });
});
