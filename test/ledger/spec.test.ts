import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  createSigner,
  decodePayload,
  eventDigest,
  formatVerifierKey,
  fromHex,
  leafHash,
  signCheckpoint,
  toHex,
  toUtf8,
  verifyCheckpoint,
} from "../../server/ledger/index.ts";
import { keepTree } from "../vectors/generate/tree.ts";
import { vectors } from "./vectors.ts";

const SPEC = readFileSync(new URL("../../docs/spec.md", import.meta.url), "utf8");

function block(name: string): string {
  const [, content] = new RegExp(`\`\`\`${name}\n([^]*?)\`\`\``).exec(SPEC) ?? [];
  if (content === undefined) throw new Error(`docs/spec.md has no block ${name}`);
  return content;
}

/** `name = value` lines; several values on one line are parted by a space. */
const example = new Map(
  block("example")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" = ") as [string, string]),
);

function value(name: string): string {
  const found = example.get(name);
  if (found === undefined) throw new Error(`the example has no ${name}`);
  return found;
}

describe("the worked example of docs/spec.md", () => {
  const indexes = [0, 1, 2];
  const digests = indexes.map((i) =>
    eventDigest(fromHex(value(`salt ${i}`), 32), toUtf8(value(`payload ${i}`))),
  );
  const tree = keepTree(digests);

  it("has canonical payloads", () => {
    for (const i of indexes) expect(decodePayload(toUtf8(value(`payload ${i}`))).subjectSeq).to.equal(i);
  });

  it("has the digests and leaves of its payloads and salts", () => {
    for (const i of indexes) {
      const digest = digests[i] as Uint8Array;
      expect(toHex(digest)).to.equal(value(`digest ${i}`));
      expect(toHex(leafHash(digest))).to.equal(value(`leaf ${i}`));
    }
  });

  it("has the roots and proofs of its tree", () => {
    for (const size of [1, 2, 3]) expect(toHex(tree.root(size))).to.equal(value(`root ${size}`));
    const spelled = (hashes: readonly Uint8Array[]) => hashes.map(toHex).join(" ");
    expect(spelled(tree.inclusion(1, 3))).to.equal(value("inclusion proof of 1 in 3"));
    expect(spelled(tree.consistency(1, 3))).to.equal(value("consistency proof from 1 to 3"));
  });

  it("has the checkpoint that its key signs", () => {
    const note = block("checkpoint");
    const { size, root, origin } = verifyCheckpoint(note, value("verifier key"));
    expect({ size, root: toHex(root) }).to.deep.equal({ size: 3, root: value("root 3") });
    const signer = createSigner(origin, fromHex(vectors<{ secretKey: string }>("checkpoint").secretKey));
    expect(formatVerifierKey(signer)).to.equal(value("verifier key"));
    expect(signCheckpoint({ origin, size, root, extensions: [] }, signer)).to.equal(note);
  });
});
