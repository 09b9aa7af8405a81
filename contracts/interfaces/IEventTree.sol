// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IEventTree
/// @notice An append-only Merkle tree (RFC 6962, RFC 9162) of event digests whose root the contract computes itself.
/// @dev `leaf = SHA256(0x00 ‖ digest)`, `node = SHA256(0x01 ‖ left ‖ right)`. No function removes or replaces a leaf:
/// whoever may append can add false leaves, but cannot alter or drop one that is in the tree.
interface IEventTree {
    /// @notice Digests were appended as leaves, in this order. These logs alone suffice to rebuild the tree.
    /// @param fromSize Size of the tree before; also the index of the first digest.
    /// @param size Size of the tree after.
    /// @param root Root of the tree at `size`.
    /// @param digests The appended digests (not yet hashed as leaves).
    event Anchored(uint64 indexed fromSize, uint64 indexed size, bytes32 root, bytes32[] digests);

    /// @notice Complete subtrees were appended, from left to right.
    /// @param fromSize Size of the tree before; also the index of the first leaf covered.
    /// @param size Size of the tree after.
    /// @param root Root of the tree at `size`.
    /// @param nodes Root of each subtree; at level 0 this is a leaf hash, not a digest.
    /// @param levels Height of each subtree: one at level L covers 2^L leaves.
    event AnchoredSubtrees(uint64 indexed fromSize, uint64 indexed size, bytes32 root, bytes32[] nodes, uint8[] levels);

    /// @notice The caller prepared its batch for another state of the tree; most often the batch is in already.
    /// @param expectedSize The size the caller named.
    /// @param size The actual size.
    error UnexpectedSize(uint64 expectedSize, uint64 size);

    /// @notice The nodes are not the frontier of the tree of this size: too few, too many, in another order, or others.
    /// @param size The tree's size.
    /// @param given keccak256 over the nodes that the caller gave, its first 26 bytes.
    /// @param commitment The same over the frontier that the contract computed when the tree reached this size.
    error UnexpectedFrontier(uint64 size, bytes26 given, bytes26 commitment);

    /// @notice Every node needs exactly one level.
    /// @param nodes How many nodes were given.
    /// @param levels How many levels were given.
    error LengthMismatch(uint256 nodes, uint256 levels);

    /// @notice A subtree at this level cannot start here: `size` is no multiple of 2^level.
    /// @param size The size the tree would have had before this subtree.
    /// @param level The level of the offending subtree.
    error MisalignedSubtree(uint64 size, uint8 level);

    /// @notice The tree would outgrow its 48-bit size.
    /// @param size The size the tree would have had before this subtree.
    /// @param level The level of the offending subtree.
    error TreeFull(uint64 size, uint8 level);

    /// @notice How many leaves the tree has.
    /// @return leaves The number of leaves.
    function size() external view returns (uint64 leaves);

    /// @notice The root at the present size; SHA256("") for the empty tree (RFC 6962 2.1).
    /// @return treeRoot The root hash.
    function root() external view returns (bytes32 treeRoot);

    /// @notice The root recorded when the tree had `treeSize` leaves. It never changes once recorded.
    /// @dev Held in state because nodes may prune old logs. One root per call that grows the tree: a size inside a
    /// batch has none, nor has size 0.
    /// @param treeSize The size asked about.
    /// @return treeRoot The root hash, or zero where none was recorded.
    function rootAt(uint64 treeSize) external view returns (bytes32 treeRoot);

    /// @notice Whether `digest` is the leaf at `index` of the tree of `treeSize` leaves (RFC 9162 2.1.3.2).
    /// @dev False rather than a revert for every proof that does not hold, and where no root was recorded.
    /// @param digest The event's digest (not yet hashed as a leaf).
    /// @param index Position of the leaf, from 0.
    /// @param treeSize A size with a recorded root.
    /// @param proof Sibling hashes from the leaf up.
    /// @return included Whether the proof leads to the recorded root.
    function verifyInclusion(
        bytes32 digest,
        uint64 index,
        uint64 treeSize,
        bytes32[] calldata proof
    ) external view returns (bool included);
}
