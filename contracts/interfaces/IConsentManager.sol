// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConsentRegistry} from "./IConsentRegistry.sol";
import {IEventTree} from "./IEventTree.sol";

/// @title IConsentManager
/// @notice Consents and the event tree, written together by a relayer: a batch takes effect whole or not at all.
/// @dev `expectedSize` must be the tree's present size. A batch sent twice therefore reverts the second time, and two
/// relayers cannot interleave. `frontier` must be the roots of the complete subtrees of the tree of that size, largest
/// first, one per set bit of the size: the stack of RFC 9162 2.1.2, which anyone can compute from the logs. The contract
/// keeps a commitment to it only, for calldata costs less than storage. A batch without leaves needs none, and what it
/// gives is not looked at.
interface IConsentManager is IEventTree, IConsentRegistry {
    /// @notice The call carries neither leaves nor consent changes.
    error NothingToAnchor();

    /// @notice Appends digests as leaves and applies consent changes, both in the given order.
    /// @dev With consent changes only, the tree, its roots and its events stay as they are.
    /// @param expectedSize The tree's present size.
    /// @param frontier The tree's present frontier.
    /// @param digests Digests of the events, oldest first.
    /// @param consentChanges Consent changes, oldest first.
    function anchor(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata digests,
        ConsentChange[] calldata consentChanges
    ) external;

    /// @notice Appends complete subtrees and applies consent changes: a batch of any size in O(log n) nodes.
    /// @dev The contract cannot see below a node. A node that stands for no known leaves makes those leaves
    /// unprovable, but alters nothing that was anchored before.
    /// @param expectedSize The tree's present size.
    /// @param frontier The tree's present frontier.
    /// @param nodes Roots of complete subtrees, from left to right; at level 0 a leaf hash.
    /// @param levels Height of each subtree; each must start at a multiple of its own width.
    /// @param consentChanges Consent changes, oldest first.
    function anchorSubtrees(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata nodes,
        uint8[] calldata levels,
        ConsentChange[] calldata consentChanges
    ) external;
}
