import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { expect } from "chai";
import { readFile, readdir } from "node:fs/promises";
import {
  canonicalJson,
  createSigner,
  decodePayload,
  encodePayload,
  eventDigest,
  formatNote,
  formatVerifierKey,
  fromHex,
  fromUtf8,
  hashFromTile,
  leafHash,
  nodeInTile,
  parseCheckpoint,
  parseNote,
  parseTilePath,
  parseVerifierKey,
  signCheckpoint,
  tilePath,
  tileWidth,
  toHex,
  toUtf8,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
  verifyReceipt,
} from "../../server/ledger/index.ts";
import type {
  CheckName,
  NodeCoordinate,
  TileCoordinate,
  Trust,
  VerdictLevel,
} from "../../server/ledger/index.ts";
import { VECTORS_FOLDER, makeVectors } from "../../scripts/make-vectors.ts";
import { keepTree } from "../vectors/generate/tree.ts";
import { fakeChain } from "./fake-chain.ts";
import type { ChainDescription } from "./fake-chain.ts";
import { refusal, vectors } from "./vectors.ts";

interface Inclusion {
  index: number;
  size: number;
  proof: string[];
}
interface Consistency {
  size1: number;
  size2: number;
  proof: string[];
}
interface Tree {
  roots: { size: number; root: string }[];
  inclusion: Inclusion[];
  consistency: Consistency[];
}
interface MerkleVectors extends Tree {
  published: Tree & { leaves: string[] };
  digests: string[];
  leafHashes: string[];
  invalid: {
    inclusion: (Inclusion & { mutation: string; digest: string; root: string })[];
    consistency: (Consistency & { mutation: string; root1: string; root2: string })[];
  };
}

const bytes = (hexes: readonly string[]): Uint8Array[] => hexes.map((hex) => fromHex(hex));

describe("the checked-in vectors", () => {
  it("are exactly what scripts/make-vectors.ts writes", async () => {
    const made = await makeVectors();
    const files = (await readdir(VECTORS_FOLDER)).filter((name) => name.endsWith(".json"));
    expect(files.sort()).to.deep.equal([...made.keys()].sort());
    for (const [name, text] of made) {
      const onDisk = await readFile(new URL(name, VECTORS_FOLDER), "utf8");
      expect(onDisk === text, `${name} differs: run node scripts/make-vectors.ts`).to.equal(true);
    }
  });
});

describe("merkle.json", () => {
  const file = vectors<MerkleVectors>("merkle");

  const trees: [string, Tree, Uint8Array[]][] = [
    ["the tree that Certificate Transparency published", file.published, bytes(file.published.leaves)],
    ["our tree", file, bytes(file.digests)],
  ];
  for (const [name, expected, entries] of trees) {
    const tree = keepTree(entries);

    it(`gives the roots of ${name}`, () => {
      for (const { size, root } of expected.roots) expect(toHex(tree.root(size))).to.equal(root);
    });

    it(`gives the proofs of ${name}, which verify`, () => {
      for (const { index, size, proof } of expected.inclusion) {
        expect(tree.inclusion(index, size).map(toHex)).to.deep.equal(proof);
        const leaf = leafHash(entries[index] as Uint8Array);
        expect(verifyInclusion(leaf, index, size, bytes(proof), tree.root(size))).to.equal(true);
      }
      for (const { size1, size2, proof } of expected.consistency) {
        expect(tree.consistency(size1, size2).map(toHex)).to.deep.equal(proof);
        const roots = [tree.root(size1), tree.root(size2)] as const;
        expect(verifyConsistency(size1, size2, ...roots, bytes(proof))).to.equal(true);
      }
    });
  }

  it("lists the leaf hash of every digest", () => {
    expect(bytes(file.digests).map((digest) => toHex(leafHash(digest)))).to.deep.equal(file.leafHashes);
  });

  for (const { mutation, digest, index, size, root, proof } of file.invalid.inclusion) {
    it(`refuses an inclusion proof with ${mutation}`, () => {
      const leaf = leafHash(fromHex(digest));
      expect(verifyInclusion(leaf, index, size, bytes(proof), fromHex(root))).to.equal(false);
    });
  }

  for (const { mutation, size1, size2, root1, root2, proof } of file.invalid.consistency) {
    it(`refuses a consistency proof with ${mutation}`, () => {
      expect(verifyConsistency(size1, size2, fromHex(root1), fromHex(root2), bytes(proof))).to.equal(false);
    });
  }
});

describe("digest.json", () => {
  const file = vectors<{
    published: { cases: { key: string; data: string; mac: string }[] };
    cases: { salt: string; payload: string; digest: string }[];
  }>("digest");

  it("rests on the HMAC-SHA-256 of RFC 4231", () => {
    for (const { key, data, mac } of file.published.cases) {
      expect(toHex(hmac(sha256, fromHex(key), fromHex(data)))).to.equal(mac);
    }
  });

  it("gives every digest", () => {
    for (const { salt, payload, digest } of file.cases) {
      expect(toHex(eventDigest(fromHex(salt), toUtf8(payload)))).to.equal(digest);
    }
  });
});

describe("payload.json", () => {
  const file = vectors<{
    published: { cases: { input: string; canonical: string }[] };
    valid: { name: string; value: object; payload: string }[];
    invalid: { mutation: string; payload?: string; bytes?: string; code: string }[];
  }>("payload");

  it("gives the canonical forms of RFC 8785", () => {
    for (const { input, canonical } of file.published.cases) {
      expect(canonicalJson(JSON.parse(input))).to.equal(canonical);
    }
  });

  for (const { name, value, payload } of file.valid) {
    it(`encodes and decodes ${name}`, () => {
      expect(fromUtf8(encodePayload(value))).to.equal(payload);
      expect(decodePayload(toUtf8(payload))).to.deep.equal(value);
    });
  }

  for (const { mutation, payload, bytes: raw, code } of file.invalid) {
    it(`refuses a payload: ${mutation}`, () => {
      const encoded = raw === undefined ? toUtf8(payload ?? "") : fromHex(raw);
      expect(refusal(() => decodePayload(encoded))).to.equal(code);
    });
  }
});

describe("checkpoint.json", () => {
  interface Shown {
    origin: string;
    size: number;
    root: string;
    extensions: string[];
  }
  const file = vectors<{
    published: {
      notes: { source: string; vkey: string; note: string }[];
      checkpoints: { source: string; note: string; checkpoint: Shown }[];
    };
    secretKey: string;
    vkey: string;
    valid: { name: string; note: string; checkpoint: Shown }[];
    invalid: { mutation: string; note: string; code: string }[];
    invalidKeys: { mutation: string; vkey: string }[];
  }>("checkpoint");
  const signer = createSigner(parseVerifierKey(file.vkey).name, fromHex(file.secretKey));

  for (const { source, vkey, note } of file.published.notes) {
    it(`verifies the note that ${source} published`, () => {
      expect(formatVerifierKey(parseVerifierKey(vkey))).to.equal(vkey);
      const verified = verifyNote(note, [parseVerifierKey(vkey)]);
      expect(formatNote(verified)).to.equal(note);
      expect(refusal(() => verifyNote(note.replace("your", "my"), [parseVerifierKey(vkey)]))).to.equal(
        "note_signature_invalid",
      );
    });
  }

  for (const { source, note, checkpoint } of file.published.checkpoints) {
    it(`reads the checkpoint of ${source}`, () => {
      const parsed = parseCheckpoint(parseNote(note).text);
      expect({ ...parsed, root: toHex(parsed.root) }).to.deep.equal(checkpoint);
    });
  }

  it("comes from the secret key it shows", () => {
    expect(formatVerifierKey(signer)).to.equal(file.vkey);
    const { note, checkpoint } = file.valid[0] as (typeof file.valid)[0];
    expect(signCheckpoint({ ...checkpoint, root: fromHex(checkpoint.root) }, signer)).to.equal(note);
  });

  for (const { name, note, checkpoint } of file.valid) {
    it(`verifies ${name}`, () => {
      const verified = verifyCheckpoint(note, file.vkey);
      expect({ ...verified, root: toHex(verified.root) }).to.deep.equal(checkpoint);
      expect(formatNote(parseNote(note))).to.equal(note);
    });
  }

  for (const { mutation, note, code } of file.invalid) {
    it(`refuses a checkpoint: ${mutation}`, () => {
      expect(refusal(() => verifyCheckpoint(note, file.vkey))).to.equal(code);
    });
  }

  for (const { mutation, vkey } of file.invalidKeys) {
    it(`refuses a verifier key: ${mutation}`, () => {
      expect(refusal(() => parseVerifierKey(vkey))).to.equal("verifier_key_malformed");
    });
  }
});

describe("tiles.json", () => {
  const file = vectors<{
    paths: { tile: TileCoordinate; width: number; path: string }[];
    invalidPaths: string[];
    widths: { size: number; tile: TileCoordinate; width: number }[];
    nodes: { node: NodeCoordinate; tile: TileCoordinate; first: number; count: number }[];
    nodeHashes: { node: NodeCoordinate; hash: string }[];
  }>("tiles");

  it("spells and reads every path", () => {
    for (const { tile, width, path } of file.paths) {
      expect(tilePath(tile, width)).to.equal(path);
      expect(parseTilePath(path)).to.deep.equal({ tile, width });
    }
  });

  it("refuses every other spelling of a path", () => {
    for (const path of file.invalidPaths) {
      expect(
        refusal(() => parseTilePath(path)),
        path,
      ).to.equal("tile_path_malformed");
    }
  });

  it("gives the widths, the places of nodes and their hashes", () => {
    for (const { size, tile, width } of file.widths) expect(tileWidth(tile, size)).to.equal(width);
    for (const { node, ...place } of file.nodes) expect(nodeInTile(node)).to.deep.equal(place);
    const leaves = bytes(vectors<MerkleVectors>("merkle").leafHashes.slice(0, 256));
    const tile = new Uint8Array(leaves.flatMap((leaf) => [...leaf]));
    for (const { node, hash } of file.nodeHashes) expect(toHex(hashFromTile(node, tile))).to.equal(hash);
  });
});

describe("receipt.json", () => {
  interface Case {
    trust: string;
    chain: string | null;
    receipt: unknown;
  }
  const file = vectors<{
    trust: Record<string, Trust>;
    chains: Record<string, ChainDescription>;
    valid: (Case & { name: string; level: VerdictLevel })[];
    invalid: (Case & { mutation: string; failed: CheckName | null })[];
  }>("receipt");

  const verify = ({ trust, chain, receipt }: Case): ReturnType<typeof verifyReceipt> =>
    verifyReceipt(receipt, {
      trust: file.trust[trust] as Trust,
      chain: chain === null ? undefined : fakeChain(file.chains[chain] as ChainDescription),
    });

  for (const vector of file.valid) {
    it(`accepts a receipt: ${vector.name}`, async () => {
      const { ok, level, failed } = await verify(vector);
      expect({ ok, level, failed }).to.deep.equal({ ok: true, level: vector.level, failed: undefined });
    });
  }

  for (const vector of file.invalid) {
    it(`does not accept a receipt: ${vector.mutation}`, async () => {
      const { ok, failed, couldNotCheck } = await verify(vector);
      expect({ ok, failed: failed ?? null, couldNotCheck }).to.deep.equal({
        ok: false,
        failed: vector.failed,
        couldNotCheck: vector.failed === null,
      });
    });
  }
});
