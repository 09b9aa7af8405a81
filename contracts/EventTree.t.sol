// SPDX-License-Identifier: MIT
// A test states its promise in its name and fails through require; its helper contract belongs beside it.
// solhint-disable use-natspec, gas-custom-errors, one-contract-per-file
pragma solidity 0.8.37;

import {EventTree} from "./EventTree.sol";
import {IEventTree} from "./interfaces/IEventTree.sol";
import {NaiveTree} from "./NaiveTree.t.sol";

/// @title OpenEventTree
/// @notice The event tree for anyone to append to.
contract OpenEventTree is EventTree {
    function appendDigests(uint64 expectedSize, bytes32[] calldata frontier, bytes32[] calldata digests) external {
        _appendDigests(expectedSize, frontier, digests);
    }

    function appendSubtrees(
        uint64 expectedSize,
        bytes32[] calldata frontier,
        bytes32[] calldata nodes,
        uint8[] calldata levels
    ) external {
        _appendSubtrees(expectedSize, frontier, nodes, levels);
    }
}

/// @title EventTreeTest
/// @notice The tree against the recursive definition of RFC 6962, over fuzzed batches.
contract EventTreeTest {
    bytes32[] private _digests;
    OpenEventTree private _tree;

    function setUp() public {
        _tree = new OpenEventTree();
    }

    function testTheEmptyTreeHasTheRootOfTheRfc() public view {
        require(_tree.root() == sha256(""), "root of the empty tree");
        require(_tree.rootAt(0) == 0, "nothing was recorded at 0");
    }

    /// hardhat-config: fuzz.runs = 128
    function testFuzzEveryMixOfBatchesLeadsToTheRootOfTheRfc(bytes32 seed, uint8 batches) public {
        _grow(seed, batches % 12);
        uint256 count = _digests.length;
        require(_tree.size() == count, "size");
        require(_tree.root() == NaiveTree.root(_digests, 0, count), "root");
    }

    /// hardhat-config: fuzz.runs = 128
    function testFuzzEveryLeafIsProvableAndNoOtherDigestIs(bytes32 seed, uint256 pick, bytes32 other) public {
        _grow(seed, 4);
        uint64 count = uint64(_digests.length);
        uint64 index = uint64(pick % count);
        bytes32[] memory proof = NaiveTree.path(_digests, index, 0, count);
        require(_tree.verifyInclusion(_digests[index], index, count, proof), "a true proof");
        require(!_tree.verifyInclusion(other, index, count, proof), "another digest");
        require(!_tree.verifyInclusion(_digests[index], index ^ 1, count, proof), "another index");
    }

    function testFuzzOnlyTheExpectedSizeIsAccepted(bytes32 seed, uint64 expectedSize) public {
        _grow(seed, 2);
        uint64 current = _tree.size();
        if (expectedSize == current) return;
        try _tree.appendDigests(expectedSize, _frontier(current), new bytes32[](1)) {
            revert("accepted");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(IEventTree.UnexpectedSize.selector, expectedSize, current);
            require(keccak256(reason) == keccak256(expected), "not UnexpectedSize");
        }
    }

    /// hardhat-config: fuzz.runs = 128
    function testFuzzNothingButTheTrueFrontierIsAccepted(bytes32 seed, uint256 pick, bytes32 other) public {
        _grow(seed, (pick % 4) + 1);
        uint256 size = _digests.length;
        bytes32[] memory truth = _frontier(size);
        uint256 place = pick % truth.length;
        uint256 next = (place + 1) % truth.length;

        bytes32[] memory forged = _frontier(size);
        forged[place] = other;
        _refusesFrontier(forged);
        forged[place] = truth[next];
        forged[next] = truth[place];
        if (next != place) _refusesFrontier(forged);
        forged = _frontier(size - 1);
        _refusesFrontier(forged);

        forged = new bytes32[](truth.length + 1);
        for (uint256 i = 0; i < forged.length; ++i)
            forged[i] =
                i < place
                    ? truth[i]
                    : i == place
                        ? other
                        : truth[i - 1];
        _refusesFrontier(forged);
        // The same root as the true one, from one node: what binds is the frontier and not the root.
        forged = new bytes32[](1);
        forged[0] = _tree.root();
        if (truth.length > 1) _refusesFrontier(forged);
        _refusesFrontier(new bytes32[](0));

        _tree.appendDigests(uint64(size), truth, new bytes32[](1));
    }

    function testFuzzTheEmptyTreeHasNoFrontier(bytes32[] calldata forged) public {
        if (forged.length > 0) _refusesFrontier(forged);
        _tree.appendDigests(0, new bytes32[](0), new bytes32[](1));
    }

    function testFuzzASubtreeIsAcceptedOnlyWhereItIsANode(bytes32 seed, uint8 level) public {
        _grow(seed, 3);
        uint64 current = _tree.size();
        bool isNode = level < 48 && current % (uint256(1) << level) == 0;
        bytes32[] memory nodes = new bytes32[](1);
        uint8[] memory levels = new uint8[](1);
        levels[0] = level;
        try _tree.appendSubtrees(current, _frontier(current), nodes, levels) {
            require(isNode, "accepted");
        } catch {
            require(!isNode, "refused");
        }
    }

    function testFuzzTheTreeNeverOutgrowsItsSize(uint8 missing, uint8 extra) public {
        // Every level but one, from the top: room for 2^hole leaves is left, and no more.
        uint8 hole = missing % 48;
        uint8[] memory levels = new uint8[](47);
        for (uint8 i = 0; i < 47; ++i) levels[i] = i < 47 - hole ? 47 - i : 46 - i;
        // None merges with another, so they are the frontier.
        bytes32[] memory nodes = new bytes32[](47);
        _tree.appendSubtrees(0, new bytes32[](0), nodes, levels);
        uint64 room = uint64(1) << hole;
        uint64 full = type(uint48).max - room;
        require(_tree.size() == full, "size");
        uint256 count = uint256(extra) + 1;
        try _tree.appendDigests(full, nodes, new bytes32[](count)) {
            require(count <= room, "accepted");
        } catch (bytes memory reason) {
            require(count > room, "refused");
            bytes memory expected = abi.encodeWithSelector(IEventTree.TreeFull.selector, full, 0);
            require(keccak256(reason) == keccak256(expected), "not TreeFull");
        }
    }

    function _refusesFrontier(bytes32[] memory forged) private {
        uint64 size = uint64(_digests.length);
        bytes26 commitment = bytes26(keccak256(abi.encodePacked(_frontier(size))));
        bytes memory expected = abi.encodeWithSelector(
            IEventTree.UnexpectedFrontier.selector,
            size,
            bytes26(keccak256(abi.encodePacked(forged))),
            commitment
        );
        try _tree.appendDigests(size, forged, new bytes32[](1)) {
            revert("accepted digests");
        } catch (bytes memory reason) {
            require(keccak256(reason) == keccak256(expected), "not UnexpectedFrontier");
        }
        try _tree.appendSubtrees(size, forged, new bytes32[](1), new uint8[](1)) {
            revert("accepted a subtree");
        } catch (bytes memory reason) {
            require(keccak256(reason) == keccak256(expected), "not UnexpectedFrontier");
        }
    }

    /// @dev Appends `batches` batches of 1 to 16 digests, each as digests or as the subtrees that cover them.
    function _grow(bytes32 seed, uint256 batches) private {
        for (uint256 batch = 0; batch < batches; ++batch) {
            seed = keccak256(abi.encode(seed, batch));
            uint256 from = _digests.length;
            uint256 count = (uint256(seed) % 16) + 1;
            for (uint256 i = 0; i < count; ++i) _digests.push(keccak256(abi.encode(seed, i)));
            if (uint256(seed) >> 255 == 0) _appendAsDigests(from);
            else _appendAsSubtrees(from);
        }
    }

    function _appendAsDigests(uint256 from) private {
        bytes32[] memory digests = new bytes32[](_digests.length - from);
        for (uint256 i = 0; i < digests.length; ++i) digests[i] = _digests[from + i];
        _tree.appendDigests(uint64(from), _frontier(from), digests);
    }

    function _appendAsSubtrees(uint256 from) private {
        uint256 to = _digests.length;
        uint256 start = from;
        while (start < to) {
            uint8 level = 0;
            while (start % (2 << level) == 0 && start + (2 << level) <= to) ++level;
            bytes32[] memory nodes = new bytes32[](1);
            uint8[] memory levels = new uint8[](1);
            nodes[0] = NaiveTree.root(_digests, start, start + (1 << level));
            levels[0] = level;
            _tree.appendSubtrees(uint64(start), _frontier(start), nodes, levels);
            start += 1 << level;
        }
    }

    function _frontier(uint256 size) private view returns (bytes32[] memory nodes) {
        return NaiveTree.frontier(_digests, size);
    }
}
