import { expect } from "chai";
import { inspectPhc } from "../../server/crypto/phc.ts";
import { parseRow, readLines } from "../../server/services/legacy-rows.ts";
import type { Row } from "../../server/services/legacy-rows.ts";
import { ARGON2, PBKDF2, inPieces, phone, row } from "./legacy-samples.ts";

async function readAll(
  content: string | Uint8Array,
  size = 1_000,
): Promise<{ line: number; row: Row | { flaw: string } }[]> {
  const rows = [];
  for await (const line of readLines(inPieces(content, size))) {
    rows.push({ line: line.number, row: parseRow(line, inspectPhc) });
  }
  return rows;
}

const field = (fields: object) => JSON.stringify({ phoneNumber: phone(1), verifier: PBKDF2, ...fields });

describe("An import file", () => {
  const whole: Record<string, [content: string, imported: number]> = {
    "is empty": ["", 0],
    "is one line feed": ["\n", 0],
    "ends without a line feed": [`${row(1)}\n${row(2)}`, 2],
    "has the line ends of Windows": [`${row(1)}\r\n${row(2)}\r\n`, 2],
    "begins with a byte order mark": [`\uFEFF${row(1)}\n${row(2)}\n`, 2],
    "is nothing but a byte order mark": ["\uFEFF", 0],
    "has blank lines": [`\n${row(1)}\n  \n\n${row(2)}\n\n`, 2],
    "has spaces around its fields": [`  { "verifier" : "${PBKDF2}", "phoneNumber" : "${phone(1)}" }  `, 1],
    "has the longest line there may be": [row(1) + " ".repeat(4_096 - row(1).length), 1],
  };
  for (const [name, [content, imported]] of Object.entries(whole)) {
    it(`is taken when it ${name}`, async () => {
      const rows = (await readAll(content)).map(({ row }) => row);
      expect(rows.filter((row) => "flaw" in row)).to.deep.equal([]);
      expect(rows).to.have.length(imported);
    });
  }

  it("has its lines counted as an editor would, blank ones too", async () => {
    const read = await readAll(`\r\n\n${row(1)}\n\nx\n${row(2)}\ny`);
    expect(read.map(({ line, row }) => [line, "flaw" in row])).to.deep.equal([
      [3, false],
      [5, true],
      [6, false],
      [7, true],
    ]);
  });

  it("is read the same in whatever pieces it comes", async () => {
    const content = `\uFEFF${row(1)}\r\n\n${row(2)}\n${"x".repeat(5_000)}\n٣${row(3)}\n${row(4)}`;
    const expected = await readAll(content, 1_000_000);
    expect(expected.map(({ line }) => line)).to.deep.equal([1, 3, 4, 5, 6]);
    for (const size of [1, 2, 3, 7, 4_095, 4_096, 4_097]) {
      expect(await readAll(content, size)).to.deep.equal(expected);
    }
  });

  it("may be of any size: no more is held of a line than it may have", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const piece = new Uint8Array(1_000_000).fill(120);
      for (let i = 0; i < 500; i++) yield piece;
    }
    const before = process.memoryUsage().arrayBuffers;
    const lines = [];
    for await (const line of readLines(endless())) lines.push(line);
    expect(lines).to.deep.equal([{ number: 1, flaw: "longer than 4096 bytes" }]);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(10_000_000);
  });

  it("gives each row's phone, verifier, format and, where it says so, age", async () => {
    const rows = await readAll(`${row(1)}\n${field({ createdAt: "2024-12-30T16:51:29.644Z" })}`);
    const expected = { phone: phone(1), phc: PBKDF2, format: "pbkdf2-sha256", createdAt: null };
    expect(rows.map(({ row }) => row)).to.deep.equal([
      expected,
      { ...expected, createdAt: "2024-12-30T16:51:29.644Z" },
    ]);
  });

  const rejected: Record<string, [row: string | Uint8Array, reason: RegExp]> = {
    "no JSON": ["hello", /^not a JSON object$/],
    "half a row": [row(1).slice(0, 40), /^not a JSON object$/],
    "two rows in a line": [row(1) + row(2), /^not a JSON object$/],
    "an array": [`[${row(1)}]`, /^not a JSON object$/],
    "a string": [JSON.stringify(row(1)), /^not a JSON object$/],
    "the word null": ["null", /^not a JSON object$/],
    "a byte order mark amid the file": [`\uFEFF${row(1)}`, /^not a JSON object$/],
    "binary garbage": [new Uint8Array([0, 255, 254, 128, 7, 192]), /^not UTF-8$/],
    "half a character": [new TextEncoder().encode(`"é`).subarray(0, 2), /^not UTF-8$/],
    "zero bytes": [new Uint8Array(10), /^not a JSON object$/],
    "a line of 4,097 bytes": [row(1) + " ".repeat(4_097 - row(1).length), /^longer than 4096 bytes$/],
    "a line of 20 MB": ["x".repeat(20_000_000), /^longer than 4096 bytes$/],
    "an unknown field": [field({ pin: "839271" }), /a field that the format does not know/],
    "a field in other letters": [field({ Verifier: PBKDF2 }), /a field that the format does not know/],
    "a phone that is a number": [
      field({ phoneNumber: 201_000_000_001 }),
      /^phoneNumber is missing or no string$/,
    ],
    "no phone": [JSON.stringify({ verifier: PBKDF2 }), /^phoneNumber is missing or no string$/],
    "no verifier": [JSON.stringify({ phoneNumber: phone(1) }), /^verifier is missing or no string$/],
    "a verifier that is null": [field({ verifier: null }), /^verifier is missing or no string$/],
    "a phone in national form": [field({ phoneNumber: "01000000001" }), /^phoneNumber is no mobile number/],
    "a phone with spaces": [field({ phoneNumber: "+20 100 000 0001" }), /^phoneNumber is no mobile number/],
    "a landline": [field({ phoneNumber: "+20223456789" }), /^phoneNumber is no mobile number/],
    "a plain hash": [field({ verifier: "5f4dcc3b5aa765d61d8327deb882cf99" }), /^verifier: not argon2id or/],
    "too many iterations": [
      field({ verifier: PBKDF2.replace("31", "3100") }),
      /^verifier: iterations is not/,
    ],
    "too much memory": [field({ verifier: ARGON2.replace("19456", "1048576") }), /^verifier: memory is not/],
    "a date without a time": [field({ createdAt: "2024-12-30" }), /^createdAt is no UTC instant/],
    "a time without a zone": [field({ createdAt: "2024-12-30T16:51:29" }), /^createdAt is no UTC instant/],
    "30 February": [field({ createdAt: "2024-02-30T16:51:29Z" }), /^createdAt is no UTC instant/],
    "a 25th hour": [field({ createdAt: "2024-12-30T25:51:29Z" }), /^createdAt is no UTC instant/],
    "seconds since 1970": [field({ createdAt: 1_735_577_489 }), /^createdAt is no UTC instant/],
  };
  for (const [name, [content, reason]] of Object.entries(rejected)) {
    it(`has a row rejected alone, and not repeated, that is ${name}`, async () => {
      const piece = typeof content === "string" ? Buffer.from(content) : content;
      const read = await readAll(
        Buffer.concat([Buffer.from(`${row(8)}\n`), piece, Buffer.from(`\n${row(9)}\n`)]),
      );
      expect(read.map(({ line, row }) => [line, "flaw" in row])).to.deep.equal([
        [1, false],
        [2, true],
        [3, false],
      ]);
      const { flaw } = read[1]!.row as { flaw: string };
      expect(flaw).to.match(reason);
      expect(flaw).not.to.match(/839271|5f4dcc|c2FsdH|100 000|010000/);
    });
  }
});
