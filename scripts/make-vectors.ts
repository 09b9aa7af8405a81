// Writes test/vectors/*.json. Deterministic: run it after a change of format, on purpose, and review the diff.
// Files under test/vectors are what verifiers in other languages are held to.

import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { format } from "prettier";
import { checkpointVectors } from "../test/vectors/generate/checkpoint.ts";
import { digestVectors } from "../test/vectors/generate/digest.ts";
import { merkleVectors } from "../test/vectors/generate/merkle.ts";
import { payloadVectors } from "../test/vectors/generate/payload.ts";
import { receiptVectors } from "../test/vectors/generate/receipt.ts";
import { tileVectors } from "../test/vectors/generate/tiles.ts";

export const VECTORS_FOLDER = new URL("../test/vectors/", import.meta.url);

/** The text of every vector file, by name. */
export async function makeVectors(): Promise<Map<string, string>> {
  const vectors: Record<string, object> = {
    "merkle.json": merkleVectors(),
    "digest.json": digestVectors(),
    "payload.json": payloadVectors(),
    "checkpoint.json": checkpointVectors(),
    "receipt.json": receiptVectors(),
    "tiles.json": tileVectors(),
  };
  const files = Object.entries(vectors).map(async ([name, content]): Promise<[string, string]> => [
    name,
    await format(JSON.stringify(content), { parser: "json", printWidth: 110 }),
  ]);
  return new Map(await Promise.all(files));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [name, text] of await makeVectors()) await writeFile(new URL(name, VECTORS_FOLDER), text);
}
