// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEventTree} from "../interfaces/IEventTree.sol";
import {Rfc6962} from "./Rfc6962.sol";

/// @title CompactRange
/// @notice The frontier of an RFC 6962 tree: the roots of its complete subtrees, largest first, one per set bit of the
/// size. The tree can grow from it, and its root follow, without any leaf.
/// @dev It lives in calldata and memory only; whoever keeps a tree in storage keeps its size and {commitment}.
library CompactRange {
    /// @notice The size of a tree has 48 bits, as in the ledger's own formats.
    uint64 internal constant MAX_SIZE = type(uint48).max;

    /// @notice The highest level a subtree can have in a tree of at most MAX_SIZE leaves.
    uint256 private constant MAX_LEVEL = 47;

    /// @notice Binds a frontier of a known size, and so all leaves below it.
    /// @dev The size says how many nodes there are and on which level each is, so the nodes alone need to be hashed.
    /// Truncated to share a slot with the size. To pass other nodes off under a commitment takes a second preimage
    /// (2^208 hashes); to prepare two frontiers under one, a collision (2^104), and the second would then not lead to
    /// the roots that anyone computes from the logs.
    /// @param frontier The nodes.
    /// @return hash The first 26 bytes of keccak256(nodes).
    function commitment(bytes32[] calldata frontier) internal pure returns (bytes26 hash) {
        // Memory beyond the free pointer, done with at once.
        assembly ("memory-safe") {
            let nodes := mload(0x40)
            let length := shl(5, frontier.length)
            calldatacopy(nodes, frontier.offset, length)
            hash := and(keccak256(nodes, length), not(0xffffffffffff))
        }
    }

    /// @notice Refuses digests that do not all fit.
    /// @param size Size of the tree before the first.
    /// @param count How many digests.
    function checkRoom(uint64 size, uint256 count) internal pure {
        if (count > MAX_SIZE - size) revert IEventTree.TreeFull(size, 0);
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
            if (width > MAX_SIZE - next) revert IEventTree.TreeFull(next, level);
            next += width;
        }
    }

    /// @notice Appends leaves that {checkRoom} has passed, or complete subtrees that {checkLevels} has passed.
    /// @dev Adding 2^level to the size carries like a binary counter: while the bit is set, the last node is the left
    /// sibling of the one carried, and the two become a node one level up. RFC 6962 2.1 splits at the largest power of
    /// two, so the root folds the frontier from the right.
    /// @param size Size of the tree before.
    /// @param frontier Its frontier: as many nodes as `size` has set bits, which only a commitment can vouch for.
    /// @param items Roots of the subtrees, or digests; at least one.
    /// @param levels Heights of the subtrees, as many as items; or empty, and the items are digests.
    /// @return newSize Size of the tree after.
    /// @return root Its root.
    /// @return newCommitment The {commitment} to its frontier.
    function extend(
        uint64 size,
        bytes32[] calldata frontier,
        bytes32[] calldata items,
        uint8[] calldata levels
    ) internal view returns (uint64 newSize, bytes32 root, bytes26 newCommitment) {
        bool answered = true;
        // This is most of what a batch costs, hence assembly. Memory beyond the free pointer, all of it done with at
        // the end of the block: 0x01 ‖ left ‖ right, the input of a node's hash, which lands on `right`, where the next
        // one needs it; then the frontier, a stack of at most 48 nodes. Whether the precompile answered is checked as
        // in Rfc6962, for all calls at once at the end.
        assembly ("memory-safe") {
            let input := mload(0x40)
            let left := add(input, 0x01)
            let right := add(input, 0x21)
            let nodes := add(input, 0x60)
            let end := add(nodes, shl(5, frontier.length))
            mstore8(input, 0x01)
            calldatacopy(nodes, frontier.offset, shl(5, frontier.length))
            newSize := size
            for {
                let i := 0
            } lt(i, items.length) {
                i := add(i, 1)
            } {
                let level := 0
                let item := calldataload(add(items.offset, shl(5, i)))
                switch levels.length
                case 0 {
                    mstore8(0x00, 0x00)
                    mstore(0x01, item)
                    answered := and(
                        answered,
                        and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, 0x00, 0x21, right, 0x20))
                    )
                }
                default {
                    level := calldataload(add(levels.offset, shl(5, i)))
                    mstore(right, item)
                }
                for {
                    let merges := shr(level, newSize)
                } and(merges, 1) {
                    merges := shr(1, merges)
                } {
                    end := sub(end, 0x20)
                    mstore(left, mload(end))
                    answered := and(
                        answered,
                        and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, input, 0x41, right, 0x20))
                    )
                }
                mstore(end, mload(right))
                end := add(end, 0x20)
                newSize := add(newSize, shl(level, 1))
            }
            newCommitment := and(keccak256(nodes, sub(end, nodes)), not(0xffffffffffff))
            // The last node is on `right` still.
            for {
                end := sub(end, 0x20)
            } gt(end, nodes) {} {
                end := sub(end, 0x20)
                mstore(left, mload(end))
                answered := and(
                    answered,
                    and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, input, 0x41, right, 0x20))
                )
            }
            root := mload(right)
        }
        if (!answered) revert Rfc6962.Sha256Unavailable();
    }
}
