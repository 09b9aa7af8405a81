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

/** A checkpoint of a public Certificate Transparency log, as it was served with its witnesses' cosignatures. */
const PUBLIC_LOG = {
  note: `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`,
  ledgerKey: "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
  witnesses: [
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
  ],
};

describe("a cosignature", () => {
  it("verifies as public witnesses make them", () => {
    const { note, ledgerKey, witnesses } = PUBLIC_LOG;
    expect(verifyCheckpoint(note, { ledgerKey, witnesses, quorum: 2 }).size).to.equal(1_432_088_532);
    const found = cosignaturesOf(parseNote(note), witnesses.map(parseWitnessKey));
    expect(found.map(({ timestamp }) => timestamp)).to.deep.equal([1_779_573_024, 1_779_573_024]);
    const other = note.replace("1432088532", "1432088533");
    expect(refusal(() => cosignaturesOf(parseNote(other), witnesses.map(parseWitnessKey)))).to.equal(
      "note_signature_invalid",
    );
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
