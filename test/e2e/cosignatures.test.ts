import { createHash } from "node:crypto";
import { expect } from "chai";
import {
  createWitness,
  formatCheckpoint,
  formatNote,
  formatWitnessKey,
  parseCheckpoint,
  parseNote,
  verifyCheckpoint,
} from "../../server/ledger/index.ts";
import type { NoteSignature, Witness } from "../../server/ledger/index.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const witness = (name: string) =>
  createWitness(`witness.example/${name}`, new Uint8Array(createHash("sha256").update(name).digest()));
const KNOWN = [witness("a"), witness("b")];
const [A, B] = KNOWN as [Witness, Witness];
const STRANGER = witness("stranger");
const WITNESS_KEYS = KNOWN.map(formatWitnessKey);
const TEXT = { "content-type": "text/plain" };
const now = () => Math.floor(Date.now() / 1000);

const withLines = (note: string, ...lines: NoteSignature[]) => {
  const { text, signatures } = parseNote(note);
  return formatNote({ text, signatures: [...signatures, ...lines] });
};
const cosigned = (note: string, one: Witness, time = now()) =>
  withLines(note, one.cosign(parseNote(note).text, time));

describe("Witnesses of the ledger", () => {
  let api: TestService;
  let phone: string;
  beforeEach(async () => {
    api = await startService({ WITNESS_KEYS: WITNESS_KEYS.join(", ") });
    phone = newPhone();
    await onboard(api, phone);
  });
  afterEach(() => api.close());

  const checkpoint = async () => (await api.get("/api/ledger/checkpoint")).body as string;
  const latestCosigned = () => api.get("/api/ledger/cosigned-checkpoint");
  const post = (note: string) => api.post("/api/ledger/cosignatures", note, TEXT);
  const trust = async (quorum: number) => ({
    ledgerKey: ((await api.get("/api/ledger/key")).body as string).trimEnd(),
    witnesses: WITNESS_KEYS,
    quorum,
  });

  it("are heard: who asks for a quorum of them finds it on the checkpoint", async () => {
    const plain = await checkpoint();
    expect((await latestCosigned()).body).to.include({ status: 404, reason: "not_cosigned" });
    const { size } = parseCheckpoint(parseNote(plain).text);
    const first = await post(withLines(cosigned(plain, A), STRANGER.cosign(parseNote(plain).text, now())));
    expect(first.status).to.equal(200);
    expect(first.body).to.deep.equal({ size, witnesses: [A.name] });
    expect(verifyCheckpoint(await checkpoint(), await trust(1)).size).to.equal(size);
    // A note that comes back with what we added, and another witness's line.
    expect((await post(cosigned(await checkpoint(), B))).body.witnesses).to.have.members([A.name, B.name]);
    expect(verifyCheckpoint(await checkpoint(), await trust(2)).size).to.equal(size);
    expect((await checkpoint()).includes("stranger")).to.equal(false);

    await verify(api, phone, GOOD_PIN);
    const later = await eventually(async () => {
      const note = await checkpoint();
      return parseCheckpoint(parseNote(note).text).size > size && note;
    }, "a later checkpoint");
    expect(parseNote(later).signatures).to.have.length(1);
    expect(verifyCheckpoint((await latestCosigned()).body, await trust(2)).size).to.equal(size);
    await post(cosigned(later, B));
    expect(verifyCheckpoint((await latestCosigned()).body, await trust(1)).size).to.be.greaterThan(size);
  });

  it("may cosign again, and an older cosignature takes no newer one's place", async () => {
    const plain = await checkpoint();
    const newer = cosigned(plain, A, now());
    const older = cosigned(plain, A, now() - 60);
    for (const note of [older, newer, older]) expect((await post(note)).status).to.equal(200);
    expect(await checkpoint()).to.equal(newer);
  });

  it("are not believed over anything but what we signed ourselves", async () => {
    const plain = await checkpoint();
    const { text } = parseNote(plain);
    const ours = parseCheckpoint(text);
    const cosign = (changes: object, by = A) => {
      const other = formatCheckpoint({ ...ours, ...changes });
      return formatNote({ text: other, signatures: [by.cosign(other, now())] });
    };
    const line = A.cosign(text, now());
    const flipped = line.signature.slice();
    flipped[70] = flipped[70]! ^ 1;
    for (const [note, reason] of [
      [plain, "unknown_witness"],
      [cosigned(plain, STRANGER), "unknown_witness"],
      [cosign({ root: new Uint8Array(32) }), "not_our_checkpoint"],
      [cosign({ size: ours.size + 1 }), "not_our_checkpoint"],
      [cosign({ size: 2 ** 48 }), "not_our_checkpoint"],
      [cosign({ size: ours.size - 1 }), "not_our_checkpoint"],
      [cosign({ origin: "identity-ledger/other" }), "not_our_checkpoint"],
      [cosign({ extensions: ["more"] }), "not_our_checkpoint"],
      [withLines(plain, { ...line, signature: flipped }), "note_signature_invalid"],
      [withLines(plain, line, { ...line, signature: flipped }), "note_signature_invalid"],
      [withLines(plain, { ...line, keyId: B.keyId, name: B.name }), "note_signature_invalid"],
      [cosigned(plain, A, now() + 3_600), "time_ahead"],
      [cosigned(plain, A).trimEnd(), "note_malformed"],
      ["", "note_malformed"],
      ["\n\n", "note_malformed"],
      ["— witness.example/a AAAA\n", "note_malformed"],
    ] as const) {
      const { status, body } = await post(note);
      expect(status, `${reason}: ${note}`).to.equal(400);
      expect(body.reason, note).to.equal(reason);
    }
    expect((await latestCosigned()).status).to.equal(404);
    expect(await checkpoint()).to.equal(plain);
    expect(api.log.some((line) => line.includes("a witness cosigned another root"))).to.equal(true);
  });

  it("send text, and not without end", async () => {
    const note = cosigned(await checkpoint(), A);
    for (const type of ["application/json", "text/html"]) {
      const answer = await api.post("/api/ledger/cosignatures", JSON.stringify(note), {
        "content-type": type,
      });
      expect(answer.body).to.include({ status: 415, detail: "Send text/plain." });
    }
    expect((await post("x".repeat(16 * 1024 + 1))).status).to.equal(413);
    expect((await api.post("/api/pin/set", "839271", TEXT)).status).to.equal(415);
  });
});

describe("WITNESS_KEYS", () => {
  it("must be witnesses' keys, each of another witness", async () => {
    const again = createWitness(
      "witness.example/alias",
      new Uint8Array(createHash("sha256").update("a").digest()),
    );
    for (const bad of ["nonsense", `${WITNESS_KEYS[0]},`, `${WITNESS_KEYS[0]},${formatWitnessKey(again)}`]) {
      const error: unknown = await startService({ WITNESS_KEYS: bad }).then(
        (service) => service.close(),
        (caught: unknown) => caught,
      );
      expect((error as Error | undefined)?.message, bad).to.match(/WITNESS_KEYS: expected different C2SP/);
    }
  });
});
