// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {ConsentRegistry} from "./ConsentRegistry.sol";
import {EventTree} from "./EventTree.sol";
import {IConsentManager} from "./interfaces/IConsentManager.sol";

/// @title ConsentManager
/// @notice Consents, the event tree, and who may write them. Immutable: no proxy, no pause, and the admin's only power
/// is to name relayers; nobody can rewrite what is anchored.
contract ConsentManager is IConsentManager, EventTree, ConsentRegistry, AccessControlDefaultAdminRules {
    /// @notice Held by relayers: may append events and change consents, nothing else.
    bytes32 public constant ANCHOR_ROLE = keccak256("ANCHOR_ROLE");

    /// @notice Sets the admin and, if there is one already, the first relayer.
    /// @param adminTransferDelay Seconds between naming a new admin and the earliest moment it can accept.
    /// @param admin Who may grant and revoke ANCHOR_ROLE.
    /// @param relayer The first holder of ANCHOR_ROLE; the zero address for none.
    constructor(
        uint48 adminTransferDelay,
        address admin,
        address relayer
    ) AccessControlDefaultAdminRules(adminTransferDelay, admin) {
        if (relayer != address(0)) _grantRole(ANCHOR_ROLE, relayer);
    }

    /// @inheritdoc IConsentManager
    function anchor(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata digests,
        ConsentChange[] calldata consentChanges
    ) external onlyRole(ANCHOR_ROLE) {
        if (digests.length == 0 && consentChanges.length == 0) revert NothingToAnchor();
        _appendDigests(expectedSize, frontier, digests);
        _applyConsentChanges(consentChanges);
    }

    /// @inheritdoc IConsentManager
    function anchorSubtrees(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata nodes,
        uint8[] calldata levels,
        ConsentChange[] calldata consentChanges
    ) external onlyRole(ANCHOR_ROLE) {
        if (nodes.length == 0 && consentChanges.length == 0) revert NothingToAnchor();
        _appendSubtrees(expectedSize, frontier, nodes, levels);
        _applyConsentChanges(consentChanges);
    }
}
