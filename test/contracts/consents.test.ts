import { expect } from "chai";
import {
  Action,
  type ConsentChange,
  type ConsentManager,
  deploy,
  digests,
  ethers,
  frontier,
  hex,
  networkHelpers,
  digestOf,
} from "./fixtures.ts";

const ID = hex(digestOf(1001));
const DOCUMENT = hex(digestOf(1002));
const PURPOSE = "0x70696e2d73657474696e672d7631000f";
const NO_PURPOSE = `0x${"00".repeat(16)}`;

const grant = (over: Partial<ConsentChange> = {}): ConsentChange => ({
  id: ID,
  action: Action.Grant,
  timestamp: 1_000,
  expiresAt: 0,
  purpose: PURPOSE,
  documentHash: DOCUMENT,
  ...over,
});

const revoke = (over: Partial<ConsentChange> = {}): ConsentChange => ({
  id: ID,
  action: Action.Revoke,
  timestamp: 2_000,
  expiresAt: 0,
  purpose: NO_PURPOSE,
  documentHash: ethers.ZeroHash,
  ...over,
});

describe("A consent", () => {
  let contract: ConsentManager;

  beforeEach(async () => {
    contract = await networkHelpers.loadFixture(deployed);
  });

  const apply = (...changes: ConsentChange[]) => contract.anchor(0, [], [], changes);
  const refused = (call: Promise<unknown>, error: string, ...args: unknown[]) =>
    expect(call)
      .to.be.revertedWithCustomError(contract, error)
      .withArgs(...args);

  it("is stored as granted, and holds", async () => {
    await expect(apply(grant({ expiresAt: 2 ** 40 - 1 })))
      .to.emit(contract, "ConsentGranted")
      .withArgs(ID, 1_000, 2 ** 40 - 1, PURPOSE, DOCUMENT);
    const consent = await contract.getConsent(ID);
    expect([...(consent as unknown as unknown[])]).to.deep.equal([
      1_000n,
      2n ** 40n - 1n,
      0n,
      PURPOSE,
      DOCUMENT,
    ]);
    expect(await contract.isConsentActive(ID)).to.equal(true);
  });

  it("ceases to hold once revoked, and keeps everything else", async () => {
    await apply(grant());
    await expect(apply(revoke())).to.emit(contract, "ConsentRevoked").withArgs(ID, 2_000);
    const consent = await contract.getConsent(ID);
    expect([...(consent as unknown as unknown[])]).to.deep.equal([1_000n, 0n, 2_000n, PURPOSE, DOCUMENT]);
    expect(await contract.isConsentActive(ID)).to.equal(false);
  });

  it("holds until the second before it expires", async () => {
    const now = await networkHelpers.time.latest();
    await apply(grant({ timestamp: now, expiresAt: now + 100 }));
    await networkHelpers.time.increaseTo(now + 99);
    expect(await contract.isConsentActive(ID)).to.equal(true);
    await networkHelpers.time.increaseTo(now + 100);
    expect(await contract.isConsentActive(ID)).to.equal(false);
    await apply(revoke({ timestamp: now + 101 }));
  });

  it("is unknown, all zero and inactive before it is granted", async () => {
    expect((await contract.getConsent(ID)).grantedAt).to.equal(0n);
    expect(await contract.isConsentActive(ID)).to.equal(false);
    await refused(apply(revoke()), "ConsentUnknown", ID);
  });

  it("is granted once only, even after its revocation", async () => {
    await apply(grant());
    await refused(apply(grant({ timestamp: 5_000 })), "ConsentAlreadyGranted", ID);
    await apply(revoke());
    await refused(apply(grant({ timestamp: 5_000 })), "ConsentAlreadyGranted", ID);
  });

  it("is revoked once only: the first moment stands", async () => {
    await apply(grant(), revoke());
    await refused(apply(revoke({ timestamp: 3_000 })), "ConsentAlreadyRevoked", ID, 2_000);
  });

  it("may be granted and revoked in the same second", async () => {
    await apply(grant(), revoke({ timestamp: 1_000 }));
    expect((await contract.getConsent(ID)).revokedAt).to.equal(1_000n);
  });

  it("is written whatever the block's clock says, for clocks differ", async () => {
    const later = (await networkHelpers.time.latest()) + 3_600;
    await apply(grant({ timestamp: later }));
    expect(await contract.isConsentActive(ID)).to.equal(true);
  });

  const invalid: [why: string, before: ConsentChange[], change: ConsentChange][] = [
    ["has no id", [], grant({ id: ethers.ZeroHash })],
    ["has no id to revoke", [], revoke({ id: ethers.ZeroHash })],
    ["is granted at no time", [], grant({ timestamp: 0 })],
    ["is revoked at no time", [grant()], revoke({ timestamp: 0 })],
    ["accepts no document", [], grant({ documentHash: ethers.ZeroHash })],
    ["expires as it begins", [], grant({ expiresAt: 1_000 })],
    ["expires before it begins", [], grant({ expiresAt: 999 })],
    ["is revoked before it was granted", [grant()], revoke({ timestamp: 999 })],
    ["is revoked with an expiry", [grant()], revoke({ expiresAt: 3_000 })],
    ["is revoked with a purpose", [grant()], revoke({ purpose: PURPOSE })],
    ["is revoked with a document", [grant()], revoke({ documentHash: DOCUMENT })],
  ];
  for (const [why, before, change] of invalid) {
    it(`is refused if it ${why}`, async () => {
      if (before.length > 0) await apply(...before);
      await refused(apply(change), "InvalidConsentChange", change.id);
    });
  }

  it("is refused if it is neither granted nor revoked", async () => {
    const data = contract.interface.encodeFunctionData("anchor", [0, [], [], [grant()]]);
    // The action is the second word of the change, itself the last six words of the call.
    const offset = data.length - 5 * 64;
    const forged = `${data.slice(0, offset)}${"2".padStart(64, "0")}${data.slice(offset + 64)}`;
    const to = await contract.getAddress();
    await expect(contract.runner!.sendTransaction!({ to, data: forged })).to.be.revert(ethers);
  });

  it("can change without an event, and then leaves the tree as it is", async () => {
    await contract.anchor(0, [], digests(0, 3), []);
    const before = await contract.root();
    const call = contract.anchor(3, [], [], [grant()]);
    await expect(call).not.to.emit(contract, "Anchored");
    await expect(contract.anchorSubtrees(3, [], [], [], [revoke()])).not.to.emit(
      contract,
      "AnchoredSubtrees",
    );
    expect([await contract.size(), await contract.root()]).to.deep.equal([3n, before]);
  });

  it("is held to the expected size even without an event", async () => {
    await contract.anchor(0, [], digests(0, 3), []);
    await refused(contract.anchor(2, [], [], [grant()]), "UnexpectedSize", 2, 3);
    await refused(contract.anchorSubtrees(2, [], [], [], [grant()]), "UnexpectedSize", 2, 3);
  });

  it("takes the whole batch down with it when it is refused", async () => {
    await refused(contract.anchor(0, [], digests(0, 3), [grant(), grant()]), "ConsentAlreadyGranted", ID);
    expect(await contract.size()).to.equal(0n);
    expect((await contract.getConsent(ID)).grantedAt).to.equal(0n);
  });

  it("travels with digests and with subtrees alike", async () => {
    await contract.anchor(0, [], digests(0, 1), [grant()]);
    await contract.anchorSubtrees(1, frontier(1), digests(1, 1), [0], [revoke()]);
    expect((await contract.getConsent(ID)).revokedAt).to.equal(2_000n);
    expect(await contract.size()).to.equal(2n);
  });
});

async function deployed(): Promise<ConsentManager> {
  return deploy();
}
