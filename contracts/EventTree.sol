// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEventTree} from "./interfaces/IEventTree.sol";
import {CompactRange} from "./lib/CompactRange.sol";
import {Rfc6962} from "./lib/Rfc6962.sol";

/// @title EventTree
/// @notice Append-only by construction: the only state is the frontier and the roots it led to, and the only code that
/// writes them extends the frontier to the right.
/// @dev Who may append is for the inheriting contract to decide.
abstract contract EventTree is IEventTree {
    using CompactRange for CompactRange.Draft;

    CompactRange.Frontier private _frontier;
    mapping(uint64 treeSize => bytes32 treeRoot) private _roots;

    /// @inheritdoc IEventTree
    function verifyInclusion(
        bytes32 digest,
        uint64 index,
        uint64 treeSize,
        bytes32[] calldata proof
    ) external view returns (bool included) {
        // Where none was recorded the root is zero, which no proof hashes to.
        return Rfc6962.verifyInclusion(digest, index, treeSize, proof, _roots[treeSize]);
    }

    /// @inheritdoc IEventTree
    function rootAt(uint64 treeSize) external view returns (bytes32 treeRoot) {
        return _roots[treeSize];
    }

    /// @inheritdoc IEventTree
    function size() external view returns (uint64 leaves) {
        return _frontier.size;
    }

    /// @inheritdoc IEventTree
    function root() external view returns (bytes32 treeRoot) {
        uint64 current = _frontier.size;
        return current == 0 ? Rfc6962.EMPTY_ROOT : _roots[current];
    }

    /// @notice Appends digests as leaves; without any, only checks the size.
    /// @param expectedSize The size the caller believes the tree to have.
    /// @param digests The digests, oldest first.
    function _appendDigests(uint64 expectedSize, bytes32[] calldata digests) internal {
        _checkSize(expectedSize);
        if (digests.length == 0) return;
        CompactRange.checkRoom(expectedSize, digests.length);
        (uint64 newSize, bytes32 newRoot) = _append(expectedSize, digests, _noLevels());
        emit Anchored(expectedSize, newSize, newRoot, digests);
    }

    /// @notice Appends complete subtrees; without any, only checks the size.
    /// @param expectedSize The size the caller believes the tree to have.
    /// @param nodes Roots of the subtrees, from left to right.
    /// @param levels Heights of the subtrees.
    function _appendSubtrees(uint64 expectedSize, bytes32[] calldata nodes, uint8[] calldata levels) internal {
        if (nodes.length != levels.length) revert LengthMismatch(nodes.length, levels.length);
        _checkSize(expectedSize);
        if (nodes.length == 0) return;
        CompactRange.checkLevels(expectedSize, levels);
        (uint64 newSize, bytes32 newRoot) = _append(expectedSize, nodes, levels);
        emit AnchoredSubtrees(expectedSize, newSize, newRoot, nodes, levels);
    }

    /// @notice The one path by which the tree grows. The size is new each time, so no recorded root is overwritten.
    /// @param current The tree's present size.
    /// @param items Roots of subtrees, or digests.
    /// @param levels Heights of the subtrees; empty for digests.
    /// @return newSize The tree's new size.
    /// @return newRoot The root recorded at that size.
    function _append(
        uint64 current,
        bytes32[] calldata items,
        uint8[] calldata levels
    ) private returns (uint64 newSize, bytes32 newRoot) {
        CompactRange.Draft memory draft;
        draft.size = current;
        draft.extend(_frontier.nodes, items, levels);
        (newSize, newRoot) = draft.seal(_frontier);
        _roots[newSize] = newRoot;
    }

    /// @notice Holds a batch to the state it was prepared for.
    /// @param expectedSize The size the caller believes the tree to have.
    function _checkSize(uint64 expectedSize) private view {
        uint64 current = _frontier.size;
        if (expectedSize != current) revert UnexpectedSize(expectedSize, current);
    }

    /// @notice No levels, the mark by which CompactRange.extend knows digests. Subtrees cannot carry it: they come with
    /// as many levels as nodes, and at least one.
    /// @return levels An empty array.
    function _noLevels() private pure returns (uint8[] calldata levels) {
        // Solidity has no literal for a calldata array. With length 0 the offset is never read.
        assembly ("memory-safe") {
            levels.offset := 0
            levels.length := 0
        }
    }
}
