// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";

/// @title ConsentRegistry
/// @notice A consent is written once on its grant; afterwards only `revokedAt` can change, once, from zero.
/// @dev Timestamps are not compared with the block's on writing: they say when the person acted, and a skewed clock
/// must not hold up the batch. Who may write is for the inheriting contract to decide.
abstract contract ConsentRegistry is IConsentRegistry {
    mapping(bytes32 id => Consent consent) private _consents;

    /// @inheritdoc IConsentRegistry
    function getConsent(bytes32 id) external view returns (Consent memory consent) {
        return _consents[id];
    }

    /// @inheritdoc IConsentRegistry
    function isConsentActive(bytes32 id) external view returns (bool active) {
        Consent storage consent = _consents[id];
        if (consent.grantedAt == 0 || consent.revokedAt != 0) return false;
        return consent.expiresAt == 0 || block.timestamp < consent.expiresAt;
    }

    /// @notice Applies changes in the given order, so a batch may grant and revoke the same consent.
    /// @param changes The changes, oldest first.
    function _applyConsentChanges(ConsentChange[] calldata changes) internal {
        for (uint256 i = 0; i < changes.length; ++i) {
            ConsentChange calldata change = changes[i];
            if (change.id == 0 || change.timestamp == 0) revert InvalidConsentChange(change.id);
            if (change.action == ConsentAction.Grant) _grant(change);
            else _revoke(change);
        }
    }

    /// @notice Writes a consent that must not exist yet.
    /// @param change The grant.
    function _grant(ConsentChange calldata change) private {
        bytes32 id = change.id;
        bool expiresTooSoon = change.expiresAt != 0 && change.expiresAt <= change.timestamp;
        if (change.documentHash == 0 || expiresTooSoon) revert InvalidConsentChange(id);
        if (_consents[id].grantedAt != 0) revert ConsentAlreadyGranted(id);
        _consents[id] = Consent({
            grantedAt: change.timestamp,
            expiresAt: change.expiresAt,
            revokedAt: 0,
            purpose: change.purpose,
            documentHash: change.documentHash
        });
        emit ConsentGranted(id, change.timestamp, change.expiresAt, change.purpose, change.documentHash);
    }

    /// @notice Marks a consent revoked; an expired one too, for the person's word stands on its own.
    /// @param change The revocation.
    function _revoke(ConsentChange calldata change) private {
        bytes32 id = change.id;
        if (change.expiresAt != 0 || change.purpose != 0 || change.documentHash != 0) revert InvalidConsentChange(id);
        Consent storage consent = _consents[id];
        if (consent.grantedAt == 0) revert ConsentUnknown(id);
        if (consent.revokedAt != 0) revert ConsentAlreadyRevoked(id, consent.revokedAt);
        if (change.timestamp < consent.grantedAt) revert InvalidConsentChange(id);
        consent.revokedAt = change.timestamp;
        emit ConsentRevoked(id, change.timestamp);
    }
}
