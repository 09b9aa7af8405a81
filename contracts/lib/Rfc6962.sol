// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Rfc6962
/// @notice Hashing and inclusion proofs of RFC 6962 and RFC 9162 over SHA-256.
/// @dev Leaves and inner nodes hash under different prefixes, so neither can be passed off as the other.
library Rfc6962 {
    /// @notice The precompile at 0x02 did not answer: out of gas, or a chain that lacks it.
    error Sha256Unavailable();

    /// @notice Root of the empty tree, SHA256("") (RFC 6962 2.1).
    bytes32 internal constant EMPTY_ROOT = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    /// @notice Hash of a leaf.
    /// @param digest The leaf's content.
    /// @return hash SHA256(0x00 ‖ digest).
    function leafHash(bytes32 digest) internal view returns (bytes32 hash) {
        bool answered;
        // 33 bytes from 0x00 fit the scratch space (64 bytes). A call to an account without code succeeds and returns
        // nothing, and the input would pass for its own hash: hence the returndatasize, read after the call because
        // Yul evaluates arguments from the right.
        assembly ("memory-safe") {
            mstore8(0x00, 0x00)
            mstore(0x01, digest)
            answered := and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, 0x00, 0x21, 0x00, 0x20))
            hash := mload(0x00)
        }
        if (!answered) revert Sha256Unavailable();
    }

    /// @notice Hash of an inner node.
    /// @param left Hash of the left child.
    /// @param right Hash of the right child.
    /// @return hash SHA256(0x01 ‖ left ‖ right).
    function nodeHash(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        bool answered;
        // 65 bytes are one more than the scratch space has, so they lie beyond the free memory pointer, which is
        // left where it is: nothing outlives this block. The check is that of leafHash.
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore8(input, 0x01)
            mstore(add(input, 0x01), left)
            mstore(add(input, 0x21), right)
            answered := and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, input, 0x41, 0x00, 0x20))
            hash := mload(0x00)
        }
        if (!answered) revert Sha256Unavailable();
    }

    /// @notice Checks an inclusion proof by RFC 9162 2.1.3.2; the comments name its steps.
    /// @dev The adversary chooses every argument but `root`. Each round consumes at least one bit of `lastNode`, so a
    /// proof of any length costs at most 64 rounds.
    /// @param digest The leaf's content.
    /// @param index Position of the leaf.
    /// @param size Size of the tree.
    /// @param proof Sibling hashes from the leaf up.
    /// @param root Root of the tree at `size`.
    /// @return included Whether the proof leads from the leaf to the root.
    function verifyInclusion(
        bytes32 digest,
        uint64 index,
        uint64 size,
        bytes32[] calldata proof,
        bytes32 root
    ) internal view returns (bool included) {
        if (index >= size) return false; // 1
        uint64 node = index; // 2: fn
        uint64 lastNode = size - 1; // 2: sn
        bytes32 hash = leafHash(digest); // 3
        for (uint256 i = 0; i < proof.length; ++i) {
            if (lastNode == 0) return false; // 4a: the proof is too long
            if (node & 1 == 1 || node == lastNode) {
                hash = nodeHash(proof[i], hash); // 4b i
                // 4b ii: a last node without a sibling rises until it is a right child. `lastNode` is not zero and
                // `node` is odd or equal to it, so a set bit is there to stop at.
                while (node & 1 == 0) {
                    node >>= 1;
                    lastNode >>= 1;
                }
            } else {
                hash = nodeHash(hash, proof[i]); // 4b, otherwise
            }
            node >>= 1; // 4c
            lastNode >>= 1;
        }
        return lastNode == 0 && hash == root; // 5
    }
}
