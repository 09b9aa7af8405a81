// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title NaiveTree
/// @notice RFC 6962 2.1 as it is written, by recursion over all leaves; shares no code with what it checks.
library NaiveTree {
    /// @notice MTH(D[from:to]).
    /// @param digests The leaves' contents, D.
    /// @param from Index of the first leaf.
    /// @param to Index after the last leaf.
    /// @return hash The Merkle tree hash.
    function root(bytes32[] memory digests, uint256 from, uint256 to) internal pure returns (bytes32 hash) {
        if (to == from) return sha256("");
        if (to - from == 1) return sha256(abi.encodePacked(uint8(0), digests[from]));
        uint256 middle = from + _split(to - from);
        return sha256(abi.encodePacked(uint8(1), root(digests, from, middle), root(digests, middle, to)));
    }

    /// @notice PATH(index, D[from:to]).
    /// @param digests The leaves' contents, D.
    /// @param index Index of the leaf proved, absolute.
    /// @param from Index of the first leaf.
    /// @param to Index after the last leaf.
    /// @return proof Sibling hashes from the leaf up.
    function path(
        bytes32[] memory digests,
        uint256 index,
        uint256 from,
        uint256 to
    ) internal pure returns (bytes32[] memory proof) {
        if (to - from < 2) return new bytes32[](0);
        uint256 middle = from + _split(to - from);
        bool isLeft = index < middle;
        bytes32[] memory below = isLeft ? path(digests, index, from, middle) : path(digests, index, middle, to);
        proof = new bytes32[](below.length + 1);
        for (uint256 i = 0; i < below.length; ++i) proof[i] = below[i];
        proof[below.length] = isLeft ? root(digests, middle, to) : root(digests, from, middle);
    }

    /// @notice The roots of the complete subtrees that make up D[0:size], from left to right.
    /// @param digests The leaves' contents, D.
    /// @param size Number of leaves.
    /// @return nodes The frontier.
    function frontier(bytes32[] memory digests, uint256 size) internal pure returns (bytes32[] memory nodes) {
        bytes32[] memory found = new bytes32[](64);
        uint256 count = 0;
        for (uint256 from = 0; from < size; ++count) {
            uint256 width = 1;
            while (from + width * 2 <= size) width *= 2;
            found[count] = root(digests, from, from + width);
            from += width;
        }
        nodes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) nodes[i] = found[i];
    }

    /// @notice The largest power of two smaller than the count.
    /// @param count Number of leaves, at least 2.
    /// @return width Number of leaves on the left.
    function _split(uint256 count) private pure returns (uint256 width) {
        width = 1;
        while (width * 2 < count) width *= 2;
    }
}
