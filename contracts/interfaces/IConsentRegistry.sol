// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IConsentRegistry
/// @notice Consents, each granted once and revoked at most once; none is ever deleted or rewritten.
/// @dev Ids are random and chosen off chain: only the service's database tells whose they are.
interface IConsentRegistry {
    /// @notice What happens to a consent.
    enum ConsentAction {
        Grant,
        Revoke
    }

    /// @notice One change to one consent.
    /// @dev Timestamps are unix seconds and are the moment the person acted, not the moment of the block. To revoke,
    /// `expiresAt`, `purpose` and `documentHash` must be zero, so that every change has one encoding only.
    /// @param id Pseudonym of the consent, not zero.
    /// @param action Grant or revoke.
    /// @param timestamp When the person granted or revoked, not zero.
    /// @param expiresAt First second at which the consent no longer holds; 0 for no expiry.
    /// @param purpose What the consent is for, as an identifier of 16 bytes.
    /// @param documentHash SHA-256 of the accepted document, not zero on a grant.
    struct ConsentChange {
        bytes32 id;
        ConsentAction action;
        uint40 timestamp;
        uint40 expiresAt;
        bytes16 purpose;
        bytes32 documentHash;
    }

    /// @notice A consent as stored. The first four fields share one slot (31 bytes).
    /// @param grantedAt When it was granted; 0 for an unknown consent.
    /// @param expiresAt First second at which it no longer holds; 0 for no expiry.
    /// @param revokedAt When it was revoked; 0 while it is not.
    /// @param purpose What it is for.
    /// @param documentHash SHA-256 of the accepted document.
    struct Consent {
        uint40 grantedAt;
        uint40 expiresAt;
        uint40 revokedAt;
        bytes16 purpose;
        bytes32 documentHash;
    }

    /// @notice A consent was granted.
    /// @param id Pseudonym of the consent.
    /// @param grantedAt When it was granted.
    /// @param expiresAt First second at which it no longer holds; 0 for no expiry.
    /// @param purpose What it is for.
    /// @param documentHash SHA-256 of the accepted document.
    event ConsentGranted(bytes32 indexed id, uint40 grantedAt, uint40 expiresAt, bytes16 purpose, bytes32 documentHash);

    /// @notice A consent was revoked.
    /// @param id Pseudonym of the consent.
    /// @param revokedAt When it was revoked.
    event ConsentRevoked(bytes32 indexed id, uint40 revokedAt);

    /// @notice An id is granted once only: consent given anew, even after a revocation, takes a new id.
    /// @param id Pseudonym of the consent.
    error ConsentAlreadyGranted(bytes32 id);

    /// @notice There is nothing to revoke under this id.
    /// @param id Pseudonym of the consent.
    error ConsentUnknown(bytes32 id);

    /// @notice The consent was revoked before; the first revocation stands.
    /// @param id Pseudonym of the consent.
    /// @param revokedAt When it was revoked.
    error ConsentAlreadyRevoked(bytes32 id, uint40 revokedAt);

    /// @notice The change breaks a rule stated on {ConsentChange}, expires no later than it begins, or revokes before
    /// the grant.
    /// @param id Pseudonym of the consent.
    error InvalidConsentChange(bytes32 id);

    /// @notice The consent under this id.
    /// @param id Pseudonym of the consent.
    /// @return consent The consent, all zero where none was granted.
    function getConsent(bytes32 id) external view returns (Consent memory consent);

    /// @notice Whether the consent was granted, is not revoked, and has not expired by the block's clock.
    /// @param id Pseudonym of the consent.
    /// @return active Whether it holds now.
    function isConsentActive(bytes32 id) external view returns (bool active);
}
