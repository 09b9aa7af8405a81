import { expect } from "chai";
import fc from "fast-check";
import {
  CHECKS,
  ChainUnavailable,
  LedgerRefusal,
  encodePayload,
  eventDigest,
  fromUtf8,
  signCheckpoint,
  toHex,
  verifyReceipt,
} from "../../server/ledger/index.ts";
import type { ChainReader, Check, Receipt, Verdict } from "../../server/ledger/index.ts";
import { SIGNER, sampleEvent } from "../vectors/generate/events.ts";
import { CHAINS, DIGESTS_TX, SUBTREES_TX, TRUST, sampleReceipt } from "../vectors/generate/sample-ledger.ts";
import { fixed, keepTree } from "../vectors/generate/tree.ts";
import { fakeChain } from "./fake-chain.ts";
import type { ChainDescription } from "./fake-chain.ts";
import { refusal } from "./vectors.ts";

const chain = fakeChain(CHAINS["main"] as ChainDescription);
const trust = TRUST["everything"] as object;
const RECEIPTS = [sampleReceipt(5, 9, DIGESTS_TX), sampleReceipt(12, 13, SUBTREES_TX)];

const verify = (receipt: unknown): Promise<Verdict> => verifyReceipt(receipt, { trust, chain });

/** Every place in a JSON value that holds something, as a path. */
function* places(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield* places(member, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function replaceAt(
  value: unknown,
  path: readonly (string | number)[],
  edit: (old: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return edit(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, edit);
  return copy;
}

function get(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

const textPlaces = (receipt: Receipt): (string | number)[][] =>
  [...places(receipt)].filter((path) => typeof get(receipt, path) === "string");

/** Of each kind that is drawn at random: `TAMPER_MUTATIONS=100000` for a campaign. */
const MUTATIONS = Number(process.env.TAMPER_MUTATIONS ?? 500);

describe("who watches a verification", () => {
  it("is told of every check once, in order, as the verdict has it; of those not reached, too", async () => {
    const [receipt] = RECEIPTS as [Receipt];
    for (const candidate of [receipt, { ...receipt, salt: toHex(new Uint8Array(32)) }, null]) {
      const seen: Check[] = [];
      const verdict = await verifyReceipt(candidate, { trust, chain, onCheck: (check) => seen.push(check) });
      expect(seen.map(({ name }) => name)).to.deep.equal(CHECKS);
      expect(seen).to.deep.equal(verdict.checks);
    }
  });

  it("sees a check before the next one begins", async () => {
    const seen: string[] = [];
    const asked: Record<string, string[]> = {};
    const watched: ChainReader = {
      ...chain,
      chainId: () => ((asked["chainId"] = [...seen]), chain.chainId()),
      rootAt: (contract, size) => ((asked["rootAt"] = [...seen]), chain.rootAt(contract, size)),
    };
    await verifyReceipt(RECEIPTS[0], { trust, chain: watched, onCheck: ({ name }) => seen.push(name) });
    expect(asked["chainId"]!.at(-1)).to.equal("inclusion");
    expect(asked["rootAt"]!.at(-1)).to.equal("anchor");
  });
});

describe("a receipt that anyone altered", function () {
  this.timeout(20_000 + MUTATIONS * 20);

  it("is never accepted with any one character of any field changed", async () => {
    for (const receipt of RECEIPTS) {
      expect((await verify(receipt)).ok).to.equal(true);
      for (const path of textPlaces(receipt)) {
        const text = get(receipt, path) as string;
        for (let at = 0; at < text.length; at += 1) {
          const code = text.charCodeAt(at) ^ (1 << (at % 5));
          const mutated = `${text.slice(0, at)}${String.fromCharCode(code)}${text.slice(at + 1)}`;
          const verdict = await verify(replaceAt(receipt, path, () => mutated));
          expect(verdict.ok, `${path.join(".")} at ${at}`).to.equal(false);
          expect(verdict.failed, `${path.join(".")} at ${at}`).to.be.a("string");
        }
      }
    }
  });

  it("is never accepted with characters put in, left out, doubled, or in capitals", async () => {
    const edits = fc.constantFrom<(text: string, at: number) => string>(
      (text, at) => text.slice(0, at) + text.slice(at + 1),
      (text, at) => text.slice(0, at) + text.charAt(at) + text.slice(at),
      (text, at) => `${text.slice(0, at)}\u0000${text.slice(at)}`,
      (text, at) => `${text.slice(0, at)} ${text.slice(at)}`,
      (text, at) => `${text.slice(0, at)}\ud800${text.slice(at)}`,
      (text, at) => text.slice(0, at) + text.slice(at).toUpperCase(),
      (text, at) => text.slice(0, at),
      (text) => `${text}\n`,
      (text) => text.replaceAll("\n", "\r\n"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...RECEIPTS),
        edits,
        fc.nat(),
        fc.nat(),
        async (receipt, edit, where, at) => {
          const paths = textPlaces(receipt);
          const path = paths[where % paths.length] as (string | number)[];
          const text = get(receipt, path) as string;
          const mutated = edit(text, at % text.length);
          fc.pre(mutated !== text);
          expect((await verify(replaceAt(receipt, path, () => mutated))).ok).to.equal(false);
        },
      ),
      { numRuns: MUTATIONS },
    );
  });

  it("is never accepted, and never throws, with any field replaced by any JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...RECEIPTS),
        fc.nat(),
        fc.jsonValue(),
        async (receipt, where, value) => {
          const paths = [...places(receipt)];
          const path = paths[where % paths.length] as (string | number)[];
          fc.pre(JSON.stringify(value) !== JSON.stringify(get(receipt, path)));
          expect((await verify(replaceAt(receipt, path, () => value))).ok).to.equal(false);
        },
      ),
      { numRuns: MUTATIONS },
    );
  });

  it("is never accepted with a number off by one, a hash moved, or parts of another receipt", async () => {
    const [a, b] = RECEIPTS as [Receipt, Receipt];
    for (const path of [...places(a)].filter((p) => typeof get(a, p) === "number")) {
      for (const by of [-1, 1, 256, 2 ** 32]) {
        const verdict = await verify(replaceAt(a, path, (old) => (old as number) + by));
        expect(verdict.ok, `${path.join(".")} by ${by}`).to.equal(false);
      }
    }
    for (const field of Object.keys(a).filter((name) => name !== "format")) {
      expect((await verify({ ...a, [field]: b[field as keyof Receipt] })).ok, field).to.equal(false);
      expect((await verify({ ...a, [field]: undefined })).ok, field).to.equal(false);
    }
    expect((await verify({ ...a, inclusionProof: [...a.inclusionProof].reverse() })).ok).to.equal(false);
  });

  it("gives a verdict, not an exception, for anything at all", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withNullPrototype: true }), async (anything) => {
        const { ok, failed, couldNotCheck } = await verify(anything);
        expect({ ok, failed, couldNotCheck }).to.deep.equal({
          ok: false,
          failed: "receipt",
          couldNotCheck: false,
        });
      }),
    );
    const spring = (): never => {
      throw new TypeError("trap");
    };
    const trap = new Proxy({}, { getOwnPropertyDescriptor: spring, get: spring, ownKeys: spring });
    expect((await verify(trap)).failed).to.equal("receipt");
  });
});

describe("an operator who forges a whole ledger", () => {
  it("is caught by the contract's root, even holding the ledger's key", async () => {
    const event = { ...sampleEvent(5), outcome: { valid: false, attemptsRemaining: 4 } };
    const payload = encodePayload(event);
    const salt = fixed("forged salt");
    const tree = keepTree(
      Array.from({ length: 9 }, (_, n) => (n === 5 ? eventDigest(salt, payload) : fixed(`${n}`))),
    );
    const forged: Receipt = {
      ...(RECEIPTS[0] as Receipt),
      payload: fromUtf8(payload),
      salt: toHex(salt),
      checkpoint: signCheckpoint(
        { origin: SIGNER.name, size: 9, root: tree.root(9), extensions: [] },
        SIGNER,
      ),
      inclusionProof: tree.inclusion(5, 9).map(toHex),
    };
    expect((await verify(forged)).failed).to.equal("anchor");
    const unclaimed = { txHash: null, blockNumber: null, blockHash: null, status: "committed" as const };
    const evasive = { ...forged, anchor: { ...forged.anchor, ...unclaimed } };
    expect((await verify(evasive)).failed).to.equal("root");
    const offline = await verifyReceipt(forged, { trust });
    expect({ ok: offline.ok, level: offline.level }).to.deep.equal({ ok: true, level: "offline" });
  });
});

describe("a verdict", () => {
  const receipt = RECEIPTS[0] as Receipt;

  it("names every check once and in order, and says something about each", async () => {
    for (const verdict of [
      await verify(receipt),
      await verify(null),
      await verifyReceipt(receipt, { trust: {} }),
    ]) {
      expect(verdict.checks.map(({ name }) => name)).to.deep.equal([
        "receipt",
        "payload",
        "checkpoint",
        "ledger",
        "inclusion",
        "chain",
        "contract",
        "transaction",
        "anchor",
        "root",
      ]);
      for (const { detail } of verdict.checks) expect(detail).to.match(/^[A-Z].*\.$/);
    }
  });

  it("never carries the adversary's control characters to a terminal", async () => {
    const hostile = "\u001b[2J\u009b1m\u202e";
    for (const mutated of [
      { ...receipt, payload: hostile },
      { ...receipt, payload: `{"a":${hostile}}` },
      { ...receipt, [hostile]: 1 },
      { ...receipt, checkpoint: receipt.checkpoint.replace("identity", `\u009b${hostile.slice(4)}`) },
    ]) {
      for (const options of [{ trust, chain }, { trust: {} }]) {
        const { ok, checks } = await verifyReceipt(mutated, options);
        expect(ok).to.equal(false);
        for (const { detail } of checks) expect(detail).not.to.match(/[\p{Cc}\p{Cf}]/u);
      }
    }
  });

  it("says that the signature was not verified when no key was given", async () => {
    const { checks, level } = await verifyReceipt(receipt, { trust: {} });
    const checkpoint = checks.find(({ name }) => name === "checkpoint");
    expect(checkpoint?.status).to.equal("skipped");
    expect(checkpoint?.detail).to.include("No ledger key");
    expect(level).to.equal("none");
  });

  it("does not call a chain that gives no answer a receipt that does not hold, wherever it stops answering", async () => {
    const methods = ["chainId", "anchorTransaction", "blockHash", "rootAt"] as const;
    for (const method of methods) {
      for (const error of [
        new ChainUnavailable("timeout"),
        new TypeError("fetch failed"),
        new LedgerRefusal("hex_malformed", "no hex"),
      ]) {
        const broken: ChainReader = { ...chain, [method]: () => Promise.reject(error) };
        const verdict = await verifyReceipt(receipt, { trust, chain: broken });
        expect(verdict.ok).to.equal(false);
        expect(verdict.couldNotCheck).to.equal(true);
        expect(verdict).not.to.have.property("failed");
      }
    }
  });

  it("rests on the contract only when the auditor named it", async () => {
    const theirs = await verifyReceipt(receipt, { trust: { chainId: 31337 }, chain });
    expect({ ok: theirs.ok, level: theirs.level }).to.deep.equal({ ok: true, level: "none" });
  });

  it("takes an address in checksum case from the auditor, and from the chain", async () => {
    const contract = `0x${(receipt.anchor.contract ?? "").slice(2).toUpperCase()}`;
    const verdict = await verifyReceipt(receipt, { trust: { ...trust, contract }, chain });
    expect(verdict.level).to.equal("chain");
  });

  it("is refused to an auditor whose own trust roots are malformed", async () => {
    const roots = [
      [{ chainId: 0 }, "trust_malformed"],
      [{ chainId: 1.5 }, "trust_malformed"],
      [{ contract: "0x00" }, "trust_malformed"],
      [{ ledgerKey: "key" }, "verifier_key_malformed"],
    ] as const;
    for (const [malformed, code] of roots) {
      const error: unknown = await verifyReceipt(receipt, { trust: malformed }).catch((e: unknown) => e);
      expect(
        refusal(() => {
          throw error;
        }),
      ).to.equal(code);
    }
  });
});
