import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect } from "chai";

const BUILT = new URL("../../../dist/console/", import.meta.url);
const MOST = 60_000;

describe("The customer's bundle", () => {
  it("is under 60 kB gzipped: all scripts and styles that the page loads, and what those import", () => {
    const read = (name: string) => readFileSync(new URL(name, BUILT));
    const loaded = new Set<string>();
    const load = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      if (!name.endsWith(".js")) return;
      const folder = name.slice(0, name.lastIndexOf("/") + 1);
      for (const [, imported = ""] of read(name)
        .toString()
        .matchAll(/["'`]\.\/([\w.-]+\.(?:js|css))["'`]/g)) {
        load(folder + imported);
      }
    };
    const page = read("index.html").toString();
    for (const [, name = ""] of page.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)) load(name);
    expect([...loaded].some((name) => name.endsWith(".css"))).to.equal(true);
    expect(loaded.size).to.be.above(2);
    const sizes = [...loaded].map((name) => gzipSync(read(name)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.below(MOST);
  });
});
