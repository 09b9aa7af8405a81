// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEventTree} from "./interfaces/IEventTree.sol";
import {CompactRange} from "./lib/CompactRange.sol";
import {Rfc6962} from "./lib/Rfc6962.sol";

/// @title EventTree
/// @notice Append-only by construction: the only state is the head and the roots it led to, and the only code that
/// writes them extends to the right the very frontier that the last call to it left behind.
/// @dev The frontier itself is not stored: reading it would cost four times what it costs in calldata. The caller
/// hands it back, and the head's commitment sees that it is the same. A caller can make up neither its number of nodes
/// nor their levels, which the size fixes, nor a node, which the commitment binds; so a stolen key cannot either.
/// Who may append is for the inheriting contract to decide.
abstract contract EventTree is IEventTree {
    /// @notice Where the tree stands, in one slot.
    /// @param size Number of leaves.
    /// @param commitment CompactRange.commitment of the frontier.
    struct Head {
        uint48 size;
        bytes26 commitment;
    }

    Head private _head;
    mapping(uint64 treeSize => bytes32 treeRoot) private _roots;

    /// @notice Begins with the empty frontier, so that the first batch is like any other.
    constructor() {
        _head.commitment = bytes26(keccak256(""));
    }

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
        return _head.size;
    }

    /// @inheritdoc IEventTree
    function root() external view returns (bytes32 treeRoot) {
        uint64 current = _head.size;
        return current == 0 ? Rfc6962.EMPTY_ROOT : _roots[current];
    }

    /// @notice Appends digests as leaves; without any, only checks the size.
    /// @param expectedSize The size the caller believes the tree to have.
    /// @param frontier The frontier of the tree at that size.
    /// @param digests The digests, oldest first.
    function _appendDigests(uint64 expectedSize, bytes32[] calldata frontier, bytes32[] calldata digests) internal {
        bytes26 commitment = _checkSize(expectedSize);
        if (digests.length == 0) return;
        CompactRange.checkRoom(expectedSize, digests.length);
        _checkFrontier(expectedSize, frontier, commitment);
        (uint64 newSize, bytes32 newRoot) = _append(expectedSize, frontier, digests, _noLevels());
        emit Anchored(expectedSize, newSize, newRoot, digests);
    }

    /// @notice Appends complete subtrees; without any, only checks the size.
    /// @param expectedSize The size the caller believes the tree to have.
    /// @param frontier The frontier of the tree at that size.
    /// @param nodes Roots of the subtrees, from left to right.
    /// @param levels Heights of the subtrees.
    function _appendSubtrees(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata nodes,
        uint8[] calldata levels
    ) internal {
        if (nodes.length != levels.length) revert LengthMismatch(nodes.length, levels.length);
        bytes26 commitment = _checkSize(expectedSize);
        if (nodes.length == 0) return;
        CompactRange.checkLevels(expectedSize, levels);
        _checkFrontier(expectedSize, frontier, commitment);
        (uint64 newSize, bytes32 newRoot) = _append(expectedSize, frontier, nodes, levels);
        emit AnchoredSubtrees(expectedSize, newSize, newRoot, nodes, levels);
    }

    /// @notice The one path by which the tree grows. The size is new each time, so no recorded root is overwritten.
    /// @param current The tree's present size.
    /// @param frontier The tree's present frontier.
    /// @param items Roots of subtrees, or digests.
    /// @param levels Heights of the subtrees; empty for digests.
    /// @return newSize The tree's new size.
    /// @return newRoot The root recorded at that size.
    function _append(
        uint64 current,
        bytes32[] calldata frontier,
        bytes32[] calldata items,
        uint8[] calldata levels
    ) private returns (uint64 newSize, bytes32 newRoot) {
        bytes26 commitment;
        (newSize, newRoot, commitment) = CompactRange.extend(current, frontier, items, levels);
        (_head.size, _head.commitment) = (uint48(newSize), commitment); // below 2^48, see checkRoom and checkLevels
        _roots[newSize] = newRoot;
    }

    /// @notice Holds a batch to the state it was prepared for.
    /// @param expectedSize The size the caller believes the tree to have.
    /// @return commitment What binds the frontier at that size.
    function _checkSize(uint64 expectedSize) private view returns (bytes26 commitment) {
        uint64 current;
        (current, commitment) = (_head.size, _head.commitment);
        if (expectedSize != current) revert UnexpectedSize(expectedSize, current);
    }

    /// @notice Holds the caller to the frontier that this contract computed.
    /// @param current The tree's present size.
    /// @param frontier The frontier the caller gave.
    /// @param commitment What binds the true one.
    function _checkFrontier(uint64 current, bytes32[] calldata frontier, bytes26 commitment) private pure {
        bytes26 given = CompactRange.commitment(frontier);
        if (given != commitment) revert UnexpectedFrontier(current, given, commitment);
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
