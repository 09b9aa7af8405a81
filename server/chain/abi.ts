import { Interface } from "ethers";

/**
 * The part of ConsentManager that we and auditors use, as text: it can be read against contracts/interfaces, and
 * neither needs a compiler. A test holds it against the compiled contract.
 */
export const CONSENT_MANAGER_ABI = [
  "event Anchored(uint64 indexed fromSize, uint64 indexed size, bytes32 root, bytes32[] digests)",
  "event AnchoredSubtrees(uint64 indexed fromSize, uint64 indexed size, bytes32 root, bytes32[] nodes, uint8[] levels)",
  "event ConsentGranted(bytes32 indexed id, uint40 grantedAt, uint40 expiresAt, bytes16 purpose, bytes32 documentHash)",
  "event ConsentRevoked(bytes32 indexed id, uint40 revokedAt)",
  "error UnexpectedSize(uint64 expectedSize, uint64 size)",
  "error UnexpectedFrontier(uint64 size, bytes26 given, bytes26 commitment)",
  "error ConsentAlreadyGranted(bytes32 id)",
  "error ConsentUnknown(bytes32 id)",
  "error ConsentAlreadyRevoked(bytes32 id, uint40 revokedAt)",
  "error InvalidConsentChange(bytes32 id)",
  "error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)",
  "function anchor(uint64 expectedSize, bytes32[] frontier, bytes32[] digests, (bytes32 id, uint8 action, uint40 timestamp, uint40 expiresAt, bytes16 purpose, bytes32 documentHash)[] consentChanges)",
  "function anchorSubtrees(uint64 expectedSize, bytes32[] frontier, bytes32[] nodes, uint8[] levels, (bytes32 id, uint8 action, uint40 timestamp, uint40 expiresAt, bytes16 purpose, bytes32 documentHash)[] consentChanges)",
  "function size() view returns (uint64)",
  "function root() view returns (bytes32)",
  "function rootAt(uint64 size) view returns (bytes32)",
  "function verifyInclusion(bytes32 digest, uint64 index, uint64 size, bytes32[] proof) view returns (bool)",
  "function getConsent(bytes32 id) view returns ((uint40 grantedAt, uint40 expiresAt, uint40 revokedAt, bytes16 purpose, bytes32 documentHash))",
  "function isConsentActive(bytes32 id) view returns (bool)",
] as const;

export const consentManager = new Interface(CONSENT_MANAGER_ABI);
