import { expect } from "chai";
import fc from "fast-check";
import {
  LedgerRefusal,
  cosignaturesOf,
  createSigner,
  createWitness,
  formatNote,
  formatVerifierKey,
  formatWitnessKey,
  parseNote,
  parseVerifierKey,
  parseWitnessKey,
  signCheckpoint,
  verifyCheckpoint,
} from "../../server/ledger/index.ts";
import type { NoteSignature, Witness } from "../../server/ledger/index.ts";
import { sha256 } from "../storage/samples.ts";

const LEDGER = createSigner("identity-ledger/sample", sha256("ledger"));
const WITNESSES = ["w1", "w2", "w3"].map((name) => createWitness(`witness.example/${name}`, sha256(name)));
const [W1, W2] = WITNESSES as [Witness, Witness];
const CHECKPOINT = { origin: LEDGER.name, size: 41, root: sha256("root"), extensions: [] };
const PLAIN = signCheckpoint(CHECKPOINT, LEDGER);
const { text: TEXT, signatures: OURS } = parseNote(PLAIN);
const TIME = 1_679_315_147;

const withLines = (...lines: NoteSignature[]) => formatNote({ text: TEXT, signatures: [...OURS, ...lines] });
const trust = (quorum: number, witnesses: readonly Witness[] = WITNESSES) => ({
  ledgerKey: formatVerifierKey(LEDGER),
  witnesses: witnesses.map(formatWitnessKey),
  quorum,
});

function refusal(work: () => unknown): string {
  try {
    work();
    return "accepted";
  } catch (error) {
    if (error instanceof LedgerRefusal) return error.code;
    throw error;
  }
}

/** The example of C2SP tlog-cosignature.md, whose witness's key is not published: its form is what can be read. */
const PUBLISHED = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

describe("a cosignature", () => {
  it("has the published form: a timestamp of eight bytes before the signature", () => {
    const line = parseNote(PUBLISHED).signatures[1]!;
    const ours = W1.cosign(parseNote(PUBLISHED).text, TIME);
    expect(line.signature).to.have.length(ours.signature.length);
    expect([...line.signature.slice(0, 8)]).to.deep.equal([...ours.signature.slice(0, 8)]);
  });

  it("verifies under its witness's key, with its time, on any checkpoint", () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 48),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(2 ** 40),
        (size, root, time) => {
          const { text, signatures } = parseNote(signCheckpoint({ ...CHECKPOINT, size, root }, LEDGER));
          const note = formatNote({ text, signatures: [...signatures, W1.cosign(text, time)] });
          const [found, ...more] = cosignaturesOf(parseNote(note), WITNESSES);
          expect(more).to.deep.equal([]);
          expect(found).to.deep.include({ timestamp: time });
          expect(found!.witness.name).to.equal(W1.name);
          expect(verifyCheckpoint(note, trust(1))).to.deep.include({ size });
        },
      ),
      { numRuns: 20 },
    );
  });

  it("does not verify once any one bit of it, or of what it is over, is another", () => {
    const line = W1.cosign(TEXT, TIME);
    for (let bit = 0; bit < line.signature.length * 8; bit += 5) {
      const signature = line.signature.slice();
      signature[bit >> 3] = signature[bit >> 3]! ^ (1 << (bit & 7));
      expect(refusal(() => verifyCheckpoint(withLines({ ...line, signature }), trust(0)))).to.equal(
        "note_signature_invalid",
      );
    }
    const other = parseNote(signCheckpoint({ ...CHECKPOINT, size: 42 }, LEDGER));
    const moved = formatNote({ text: other.text, signatures: [...other.signatures, line] });
    expect(refusal(() => verifyCheckpoint(moved, trust(0)))).to.equal("note_signature_invalid");
    for (const length of [0, 1, 64, 71, 73]) {
      const signature = new Uint8Array(length + 1);
      expect(
        refusal(() => cosignaturesOf({ text: TEXT, signatures: [{ ...line, signature }] }, [W1])),
      ).to.equal("note_signature_invalid");
    }
  });

  it("is no plain signature, and a plain signature is none", () => {
    const asLog = createSigner(W1.name, sha256("w1"));
    const plain = { name: W1.name, keyId: W1.keyId, signature: asLog.sign(TEXT) };
    expect(refusal(() => verifyCheckpoint(withLines(plain), trust(0)))).to.equal("note_signature_invalid");
    expect(verifyCheckpoint(withLines({ ...plain, keyId: asLog.keyId }), trust(0)).size).to.equal(41);
    const cosignedOnly = formatNote({ text: TEXT, signatures: [W1.cosign(TEXT, TIME)] });
    expect(refusal(() => verifyCheckpoint(cosignedOnly, trust(1)))).to.equal("note_signature_missing");
  });

  it("has keys of a type of its own", () => {
    const vkey = formatWitnessKey(W1);
    expect(formatWitnessKey(parseWitnessKey(vkey))).to.equal(vkey);
    expect(refusal(() => parseVerifierKey(vkey))).to.equal("verifier_key_malformed");
    expect(refusal(() => parseWitnessKey(formatVerifierKey(LEDGER)))).to.equal("verifier_key_malformed");
  });
});

describe("a quorum of witnesses", () => {
  const cosigned = (...witnesses: Witness[]) => withLines(...witnesses.map((one) => one.cosign(TEXT, TIME)));

  it("is reached by as many different witnesses as it asks for, and by no fewer", () => {
    for (const [quorum, note] of [
      [0, PLAIN],
      [1, cosigned(W2)],
      [2, cosigned(W1, W2)],
      [3, cosigned(...WITNESSES)],
    ] as const) {
      expect(verifyCheckpoint(note, trust(quorum)).size).to.equal(41);
      if (quorum < 3)
        expect(refusal(() => verifyCheckpoint(note, trust(quorum + 1)))).to.equal(
          "checkpoint_quorum_missing",
        );
    }
  });

  it("is not reached by strangers, nor by one witness over and over", () => {
    const stranger = createWitness("stranger.example", sha256("stranger"));
    const note = withLines(stranger.cosign(TEXT, TIME), W1.cosign(TEXT, TIME), W1.cosign(TEXT, TIME + 1));
    expect(verifyCheckpoint(note, trust(1)).size).to.equal(41);
    expect(refusal(() => verifyCheckpoint(note, trust(2)))).to.equal("checkpoint_quorum_missing");
    const [latest] = cosignaturesOf(parseNote(note), WITNESSES);
    expect(latest!.timestamp).to.equal(TIME + 1);
  });

  it("is not asked of one key under two names, nor of more witnesses than there are", () => {
    const alias = createWitness("witness.example/alias", sha256("w1"));
    expect(refusal(() => verifyCheckpoint(cosigned(W1, alias), trust(2, [W1, alias])))).to.equal(
      "trust_malformed",
    );
    for (const quorum of [4, -1, 0.5, Number.NaN]) {
      expect(refusal(() => verifyCheckpoint(cosigned(...WITNESSES), trust(quorum)))).to.equal(
        "trust_malformed",
      );
    }
  });
});
