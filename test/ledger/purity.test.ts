import { expect } from "chai";
import { readFile, readdir } from "node:fs/promises";

const FOLDER = new URL("../../server/ledger/", import.meta.url);
const ALLOWED = ["@noble/curves/", "@noble/hashes/", "@scure/base", "canonicalize"];
const FORBIDDEN =
  /\bBuffer\b|\bprocess\.|\brequire\(|\bimport\(|Date\.now|new Date\(\)|Math\.random|randomBytes|\bfetch\(/;

describe("the ledger's code", () => {
  it("runs in any browser: it imports itself and four small libraries, and knows no clock and no chance", async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".ts"));
    expect(files).to.include("verify-receipt.ts");
    for (const name of files) {
      const source = await readFile(new URL(name, FOLDER), "utf8");
      for (const [, from = ""] of source.matchAll(/(?:from|import) "([^"]+)"/g)) {
        const allowed = /^\.\/[a-z-]+\.ts$/.test(from) || ALLOWED.some((prefix) => from.startsWith(prefix));
        expect(allowed, `${name} imports ${from}`).to.equal(true);
      }
      const code = source.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
      expect(FORBIDDEN.exec(code)?.[0], name).to.equal(undefined);
    }
  });
});
