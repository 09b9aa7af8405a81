// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEventTree} from "../interfaces/IEventTree.sol";
import {Rfc6962} from "./Rfc6962.sol";

/// @title CompactRange
/// @notice The frontier of an RFC 6962 tree: the roots of its complete subtrees, one per set bit of the size. The tree
/// can grow from it, and its root follow, without any leaf.
/// @dev A batch works on a draft in memory and touches storage as little as it can: a stored node is read when a merge
/// or the root needs it, and only nodes that changed are written, once, by {seal}.
library CompactRange {
    /// @notice The highest level a subtree can have in a tree whose size has 64 bits.
    uint256 private constant MAX_LEVEL = 63;

    /// @notice The frontier in storage.
    /// @param size Number of leaves.
    /// @param nodes `nodes[level]` is the root of a subtree of 2^level leaves, valid iff that bit of `size` is set.
    struct Frontier {
        uint64 size;
        bytes32[64] nodes;
    }

    /// @notice A frontier being extended. The assembly below knows this layout: `nodes` is a pointer, in memory.
    /// @param size Number of leaves so far, below 2^64.
    /// @param changed Bit `level` is set iff `nodes[level]` takes the place of the stored node.
    /// @param nodes The changed nodes.
    struct Draft {
        uint256 size;
        uint256 changed;
        bytes32[64] nodes;
    }

    /// @notice Refuses digests that do not all fit.
    /// @param size Size of the tree before the first.
    /// @param count How many digests.
    function checkRoom(uint64 size, uint256 count) internal pure {
        if (count > type(uint64).max - size) revert IEventTree.TreeFull(size, 0);
    }

    /// @notice Refuses subtrees that do not fit, or are no nodes of the RFC 6962 tree: their leaves would have no
    /// proofs.
    /// @param size Size of the tree before the first.
    /// @param levels Heights of the subtrees, from left to right.
    function checkLevels(uint64 size, uint8[] calldata levels) internal pure {
        uint64 next = size;
        for (uint256 i = 0; i < levels.length; ++i) {
            uint8 level = levels[i];
            if (level > MAX_LEVEL) revert IEventTree.TreeFull(next, level);
            uint64 width = uint64(1) << level;
            if (next & (width - 1) != 0) revert IEventTree.MisalignedSubtree(next, level);
            if (width > type(uint64).max - next) revert IEventTree.TreeFull(next, level);
            next += width;
        }
    }

    /// @notice Appends leaves that {checkRoom} has passed, or complete subtrees that {checkLevels} has passed.
    /// @dev Adding 2^level to the size carries like a binary counter: while the bit is set, the node there is the left
    /// sibling of the one carried, and the two become a node one level up.
    /// @param draft The draft to extend. Its size stays below 2^64, which is what the checks are for.
    /// @param stored The nodes in storage.
    /// @param items Roots of the subtrees, or digests.
    /// @param levels Heights of the subtrees, as many as items; or empty, and the items are digests.
    function extend(
        Draft memory draft,
        bytes32[64] storage stored,
        bytes32[] calldata items,
        uint8[] calldata levels
    ) internal view {
        bool answered = true;
        // These loops are most of what a batch costs, hence assembly. They write to the scratch space, to the draft
        // (`level` stays below 64 because the size stays below 2^64), and to 65 bytes beyond the free memory pointer
        // that nothing reads afterwards: 0x01 ‖ left ‖ right. Each hash lands on `right`, where the next merge needs
        // it. Whether the precompile answered is checked as in Rfc6962, for all calls at once at the end.
        assembly ("memory-safe") {
            let size := mload(draft)
            let right := add(mload(0x40), 0x21)
            mstore8(sub(right, 0x21), 0x01)
            for {
                let i := 0
            } lt(i, items.length) {
                i := add(i, 1)
            } {
                let level := 0
                switch levels.length
                case 0 {
                    mstore8(0x00, 0x00)
                    mstore(0x01, calldataload(add(items.offset, shl(5, i))))
                    answered := and(
                        answered,
                        and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, 0x00, 0x21, right, 0x20))
                    )
                }
                default {
                    level := calldataload(add(levels.offset, shl(5, i)))
                    mstore(right, calldataload(add(items.offset, shl(5, i))))
                }
                let carried := size
                size := add(size, shl(level, 1))
                // Bits that the addition turned off are the levels that merged.
                for {
                    let merges := shr(level, carried)
                } and(merges, 1) {
                    merges := shr(1, merges)
                } {
                    switch and(shr(level, mload(add(draft, 0x20))), 1)
                    case 0 {
                        mstore(sub(right, 0x20), sload(add(stored.slot, level)))
                    }
                    default {
                        mstore(sub(right, 0x20), mload(add(mload(add(draft, 0x40)), shl(5, level))))
                    }
                    answered := and(
                        answered,
                        and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, sub(right, 0x21), 0x41, right, 0x20))
                    )
                    level := add(level, 1)
                }
                mstore(add(mload(add(draft, 0x40)), shl(5, level)), mload(right))
                mstore(add(draft, 0x20), or(mload(add(draft, 0x20)), shl(level, 1)))
            }
            mstore(draft, size)
        }
        if (!answered) revert Rfc6962.Sha256Unavailable();
    }

    /// @notice Writes the changed nodes and the size to storage and computes the root.
    /// @dev RFC 6962 2.1 splits at the largest power of two, so the root folds the frontier from the right. A node
    /// that changed and then merged into a higher one is no longer part of the size, and is not written.
    /// @param draft A draft that has grown.
    /// @param frontier The frontier it was opened on.
    /// @return size The new size.
    /// @return root The root at that size.
    function seal(Draft memory draft, Frontier storage frontier) internal returns (uint64 size, bytes32 root) {
        size = uint64(draft.size); // below 2^64, see extend
        frontier.size = size;
        uint256 rest = size;
        bool started = false;
        // Unchecked: `level` stays below 64, for by then no bit of the size is left.
        unchecked {
            for (uint256 level = 0; rest != 0; ++level) {
                if (rest & 1 == 1) {
                    bool changed = (draft.changed >> level) & 1 == 1;
                    bytes32 node = changed ? draft.nodes[level] : frontier.nodes[level];
                    if (changed) frontier.nodes[level] = node;
                    root = started ? Rfc6962.nodeHash(node, root) : node;
                    started = true;
                }
                rest >>= 1;
            }
        }
    }
}
