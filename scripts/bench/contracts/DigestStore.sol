// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title DigestStore
/// @notice What one would write first: a slot for every digest, and the time it came. For comparison only.
contract DigestStore {
    mapping(bytes32 digest => uint256 timestamp) public storedAt;

    event Stored(bytes32 indexed digest);

    function store(bytes32 digest) external {
        _store(digest);
    }

    function storeMany(bytes32[] calldata digests) external {
        for (uint256 i = 0; i < digests.length; ++i) _store(digests[i]);
    }

    function _store(bytes32 digest) private {
        storedAt[digest] = block.timestamp;
        emit Stored(digest);
    }
}
