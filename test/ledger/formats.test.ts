import { expect } from "chai";
import fc from "fast-check";
import {
  MAX_PAYLOAD_BYTES,
  canonicalJson,
  concat,
  createSigner,
  decodePayload,
  encodePayload,
  eventDigest,
  formatCheckpoint,
  formatVerifierKey,
  fromBase64,
  fromHex,
  fromUtf8,
  parseCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  signNote,
  toBase64,
  toHex,
  toUtf8,
  verifyCheckpoint,
  verifyNote,
} from "../../server/ledger/index.ts";
import { SIGNER, WITNESS, sampleEvent } from "../vectors/generate/events.ts";
import { fixed } from "../vectors/generate/tree.ts";
import { refusal } from "./vectors.ts";

describe("bytes", () => {
  it("have one spelling each in hex and in base64", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toHex(fromHex(toHex(bytes)))).to.equal(toHex(bytes));
        expect(toHex(fromBase64(toBase64(bytes)))).to.equal(toHex(bytes));
      }),
    );
    for (const text of ["", "00", "0X00", "0x0", "0xAB", "0xg0", " 0x00", "0x00\n"]) {
      expect(
        refusal(() => fromHex(text)),
        text,
      ).to.equal("hex_malformed");
    }
    expect(refusal(() => fromHex("0x00", 2))).to.equal("hex_malformed");
    for (const text of ["A", "AA", "AA=", "AB==", "AA==\n", "A A=", "AA==AA==", "-_==", "AAA=A", "===="]) {
      expect(
        refusal(() => fromBase64(text)),
        text,
      ).to.equal("base64_malformed");
    }
  });

  it("never hide a lone surrogate, a bad sequence or a byte order mark in UTF-8", () => {
    expect(refusal(() => toUtf8("a\ud800"))).to.equal("text_malformed");
    expect(refusal(() => fromUtf8(Uint8Array.of(0xff)))).to.equal("text_malformed");
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf))).to.equal("\ufeff");
  });
});

describe("a payload", () => {
  const json = fc.jsonValue();
  const isCarried = (value: unknown): boolean =>
    refusal(() => canonicalJson(value, { numbers: "safe-integer" })) === "accepted";

  it("decodes to what was encoded, and encodes to the same bytes again", () => {
    fc.assert(
      fc.property(json.filter(isCarried), (extra) => {
        const bytes = encodePayload({ ...sampleEvent(1), extra });
        const decoded = decodePayload(bytes);
        expect(toHex(encodePayload(decoded))).to.equal(toHex(bytes));
      }),
    );
  });

  it("has the same bytes whatever order its fields were written in", () => {
    const reversed = Object.fromEntries(Object.entries(sampleEvent(1)).reverse());
    expect(toHex(encodePayload(reversed))).to.equal(toHex(encodePayload(sampleEvent(1))));
  });

  it("is refused, not trimmed, when it holds what JSON cannot carry", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const holes: unknown[] = [];
    holes.length = 1;
    const values = [
      undefined,
      () => 1,
      Symbol("s"),
      1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      0.5,
      2 ** 53,
      "\ud800",
      new Date(0),
      new Map(),
      Uint8Array.of(1),
      [undefined],
      holes,
      { a: undefined },
      { "\udc00": 1 },
      { [Symbol("s")]: 1 },
      { toJSON: () => 1 },
      cycle,
    ];
    for (const extra of values) {
      expect(
        refusal(() => encodePayload({ ...sampleEvent(1), extra })),
        String(typeof extra),
      ).to.equal("payload_unrepresentable");
    }
  });

  it("is refused when it is no event, or too large, before it can be written", () => {
    expect(refusal(() => encodePayload({}))).to.equal("payload_envelope");
    expect(refusal(() => encodePayload({ ...sampleEvent(1), id: "x" }))).to.equal("payload_envelope");
    const base = encodePayload({ ...sampleEvent(1), pad: "" }).length;
    const pad = (length: number): object => ({ ...sampleEvent(1), pad: "x".repeat(length - base) });
    expect(encodePayload(pad(MAX_PAYLOAD_BYTES)).length).to.equal(MAX_PAYLOAD_BYTES);
    expect(refusal(() => encodePayload(pad(MAX_PAYLOAD_BYTES + 1)))).to.equal("payload_too_large");
    expect(refusal(() => decodePayload(new Uint8Array(MAX_PAYLOAD_BYTES + 1)))).to.equal("payload_too_large");
  });

  it("is not accepted with any one byte changed to another that decodes to the same event", () => {
    const bytes = encodePayload(sampleEvent(1));
    const event = JSON.stringify(decodePayload(bytes));
    for (let at = 0; at < bytes.length; at += 1) {
      for (const byte of [0x20, 0x0a, 0x5c, 0x30, 0x22]) {
        const mutated = bytes.slice();
        mutated[at] = byte;
        if (toHex(mutated) === toHex(bytes)) continue;
        let decoded = "refused";
        refusal(() => (decoded = JSON.stringify(decodePayload(mutated))));
        expect(decoded).not.to.equal(event);
      }
    }
  });
});

describe("a digest", () => {
  it("depends on every byte of salt and payload, and on where one ends and the other begins", () => {
    const payload = toUtf8("{}");
    const digests = new Set([toHex(eventDigest(fixed("s"), payload))]);
    for (let at = 0; at < 32; at += 1) {
      const salt = fixed("s");
      salt[at] = (salt[at] as number) ^ 1;
      digests.add(toHex(eventDigest(salt, payload)));
    }
    digests.add(toHex(eventDigest(fixed("s"), concat(payload, Uint8Array.of(0)))));
    digests.add(toHex(eventDigest(fixed("s"), toUtf8(""))));
    expect(digests.size).to.equal(35);
  });

  it("takes a salt of 32 bytes and no other", () => {
    for (const length of [0, 16, 31, 33, 64]) {
      expect(() => eventDigest(new Uint8Array(length), toUtf8("{}"))).to.throw(RangeError);
    }
  });
});

describe("a checkpoint", () => {
  const vkey = formatVerifierKey(SIGNER);
  const checkpoint = fc.record({
    origin: fc.constant(SIGNER.name),
    size: fc.integer({ min: 0, max: 2 ** 48 }),
    root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    extensions: fc.array(fc.stringMatching(/^[ -~]+$/), { maxLength: 2 }),
  });

  it("reads back as it was written and signed", () => {
    fc.assert(
      fc.property(checkpoint, (value) => {
        const text = formatCheckpoint(value);
        expect(formatCheckpoint(parseCheckpoint(text))).to.equal(text);
        const verified = verifyCheckpoint(signCheckpoint(value, SIGNER), vkey);
        expect(formatCheckpoint(verified)).to.equal(text);
      }),
      { numRuns: 30 },
    );
  });

  it("is not verified with any one bit of its note changed", () => {
    const note = toUtf8(
      signCheckpoint({ origin: SIGNER.name, size: 41, root: fixed("r"), extensions: [] }, SIGNER),
    );
    for (let at = 0; at < note.length; at += 1) {
      const mutated = note.slice();
      mutated[at] = (mutated[at] as number) ^ (1 << (at % 8));
      const outcome = refusal(() => verifyCheckpoint(fromUtf8(mutated), vkey));
      expect(outcome, `byte ${at}`).to.match(/^(?:note|checkpoint|text)_/);
    }
  });

  it("is refused rather than written in a form no one could read", () => {
    const good = { origin: SIGNER.name, size: 1, root: fixed("r"), extensions: [] };
    for (const bad of [
      { size: -1 },
      { size: 0.5 },
      { size: 2 ** 48 + 1 },
      { root: new Uint8Array(31) },
      { origin: "" },
      { origin: "a\nb" },
      { extensions: [""] },
      { extensions: ["a\nb"] },
    ]) {
      expect(refusal(() => formatCheckpoint({ ...good, ...bad }))).to.equal("checkpoint_malformed");
    }
    expect(refusal(() => signCheckpoint(good, WITNESS))).to.equal("checkpoint_origin_mismatch");
  });

  it("is signed by a key that no other name can claim", () => {
    const again = createSigner("identity-ledger/other", fixed("ledger signing key"));
    expect(toHex(again.publicKey)).to.equal(toHex(SIGNER.publicKey));
    expect(toHex(again.keyId)).not.to.equal(toHex(SIGNER.keyId));
    expect(refusal(() => createSigner("with space", fixed("k")))).to.equal("verifier_key_malformed");
    expect(refusal(() => parseVerifierKey(`${vkey} `))).to.equal("verifier_key_malformed");
  });

  it("may carry the signatures of several trusted keys, of which none may be bad", () => {
    const text = "text\n\nwith an empty line\n";
    const note = signNote(text, [SIGNER, WITNESS]);
    expect(verifyNote(note, [SIGNER, WITNESS]).text).to.equal(text);
    expect(verifyNote(note, [WITNESS]).signatures).to.have.length(2);
    const liar = { ...WITNESS, sign: () => new Uint8Array(64) };
    const half = signNote(text, [SIGNER, liar]);
    expect(verifyNote(half, [SIGNER]).text).to.equal(text);
    expect(refusal(() => verifyNote(half, [SIGNER, WITNESS]))).to.equal("note_signature_invalid");
    expect(refusal(() => verifyNote(note, []))).to.equal("note_signature_missing");
    const many = signNote(
      text,
      Array.from({ length: 101 }, () => SIGNER),
    );
    expect(refusal(() => verifyNote(many, [SIGNER]))).to.equal("note_malformed");
  });
});
