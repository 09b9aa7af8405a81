import { expect } from "chai";
import {
  ADMIN_TRANSFER_DELAY,
  type ConsentManager,
  admin,
  deploy,
  digests,
  ethers,
  networkHelpers,
  relayer,
  stranger,
} from "./fixtures.ts";

describe("The roles", () => {
  let contract: ConsentManager;
  let anchorRole: string;

  beforeEach(async () => {
    contract = await networkHelpers.loadFixture(deployed);
    anchorRole = await contract.ANCHOR_ROLE();
  });

  const refuses = async (call: Promise<unknown>, account: string, role: string) =>
    expect(call)
      .to.be.revertedWithCustomError(contract, "AccessControlUnauthorizedAccount")
      .withArgs(account, role);

  it("let nobody but a relayer anchor, the admin included", async () => {
    for (const caller of [admin, stranger]) {
      const other = contract.connect(caller);
      await refuses(other.anchor(0, [], digests(0, 1), []), caller.address, anchorRole);
      await refuses(other.anchorSubtrees(0, [], digests(0, 1), [0], []), caller.address, anchorRole);
    }
    expect(await contract.size()).to.equal(0n);
    await contract.anchor(0, [], digests(0, 1), []);
  });

  it("let the contract start without a relayer", async () => {
    const bare = await deploy(ethers.ZeroAddress);
    expect(await bare.hasRole(anchorRole, ethers.ZeroAddress)).to.equal(false);
    await expect(bare.anchor(0, [], digests(0, 1), [])).to.be.revertedWithCustomError(
      bare,
      "AccessControlUnauthorizedAccount",
    );
    await bare.connect(admin).grantRole(anchorRole, relayer.address);
    await bare.anchor(0, [], digests(0, 1), []);
  });

  it("let the admin replace a relayer whose key was stolen", async () => {
    await contract.connect(admin).revokeRole(anchorRole, relayer.address);
    await contract.connect(admin).grantRole(anchorRole, stranger.address);
    await refuses(contract.anchor(0, [], digests(0, 1), []), relayer.address, anchorRole);
    await contract.connect(stranger).anchor(0, [], digests(0, 1), []);
  });

  it("give a relayer no power over roles", async () => {
    const adminRole = await contract.DEFAULT_ADMIN_ROLE();
    await refuses(contract.grantRole(anchorRole, stranger.address), relayer.address, adminRole);
    await refuses(contract.revokeRole(anchorRole, relayer.address), relayer.address, adminRole);
    await refuses(contract.beginDefaultAdminTransfer(relayer.address), relayer.address, adminRole);
    await expect(contract.grantRole(adminRole, relayer.address)).to.be.revertedWithCustomError(
      contract,
      "AccessControlEnforcedDefaultAdminRules",
    );
  });

  it("pass to a new admin only after the delay, and only if it accepts", async () => {
    await contract.connect(admin).beginDefaultAdminTransfer(stranger.address);
    const successor = contract.connect(stranger);
    const scheduled = BigInt(await networkHelpers.time.latest()) + BigInt(ADMIN_TRANSFER_DELAY);
    await networkHelpers.time.increaseTo(scheduled - 60n);
    await expect(successor.acceptDefaultAdminTransfer())
      .to.be.revertedWithCustomError(contract, "AccessControlEnforcedDefaultAdminDelay")
      .withArgs(scheduled);
    expect(await contract.defaultAdmin()).to.equal(admin.address);
    await expect(contract.acceptDefaultAdminTransfer())
      .to.be.revertedWithCustomError(contract, "AccessControlInvalidDefaultAdmin")
      .withArgs(relayer.address);
    await networkHelpers.time.increaseTo(scheduled + 1n);
    await successor.acceptDefaultAdminTransfer();
    expect(await contract.defaultAdmin()).to.equal(stranger.address);
    await refuses(
      contract.connect(admin).grantRole(anchorRole, admin.address),
      admin.address,
      await contract.DEFAULT_ADMIN_ROLE(),
    );
  });
});

async function deployed(): Promise<ConsentManager> {
  return deploy();
}
