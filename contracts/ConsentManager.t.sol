// SPDX-License-Identifier: MIT
// A test states its promise in its name and fails through require; its helper contract belongs beside it.
// solhint-disable use-natspec, gas-custom-errors, one-contract-per-file, func-name-mixedcase
pragma solidity 0.8.37;

import {ConsentManager} from "./ConsentManager.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {NaiveTree} from "./NaiveTree.t.sol";

/// @title Relayer
/// @notice Calls the contract at random with the power of a relayer, and remembers what it should then hold.
contract Relayer {
    uint256 public constant CONSENTS = 4;

    ConsentManager public immutable MANAGER;
    bytes32[] public digests;
    uint256 public forgeries;
    uint64[] public recordedSizes;
    bytes32[] public recordedRoots;
    mapping(bytes32 id => IConsentRegistry.Consent consent) private _granted;

    constructor() {
        MANAGER = new ConsentManager(1 days, msg.sender, address(this));
    }

    function anchorDigests(uint8 count, bytes32 seed) external {
        bytes32[] memory batch = _digests((count % 5) + 1, seed);
        uint256 from = digests.length - batch.length;
        MANAGER.anchor(uint64(from), NaiveTree.frontier(digests, from), batch, _noChanges());
        _remember();
    }

    function anchorSubtree(uint8 level, bytes32 seed) external {
        uint8 fits = level % 4;
        while (digests.length % (1 << fits) != 0) --fits;
        bytes32[] memory batch = _digests(1 << fits, seed);
        bytes32[] memory nodes = new bytes32[](1);
        uint8[] memory levels = new uint8[](1);
        nodes[0] = NaiveTree.root(batch, 0, batch.length);
        levels[0] = fits;
        uint256 from = digests.length - batch.length;
        MANAGER.anchorSubtrees(uint64(from), NaiveTree.frontier(digests, from), nodes, levels, _noChanges());
        _remember();
    }

    /// @dev The thief of a relayer's key would have the tree go on from leaves that are not in it.
    function forge(uint256 pick, bytes32 seed, bool asSubtree) external {
        uint256 size = digests.length;
        bytes32[] memory frontier = NaiveTree.frontier(digests, size);
        if (frontier.length == 0) frontier = new bytes32[](1);
        frontier[pick % frontier.length] = seed;
        if (asSubtree) {
            try MANAGER.anchorSubtrees(uint64(size), frontier, new bytes32[](1), new uint8[](1), _noChanges()) {
                ++forgeries;
            } catch {
                return;
            }
        } else {
            try MANAGER.anchor(uint64(size), frontier, new bytes32[](1), _noChanges()) {
                ++forgeries;
            } catch {
                return;
            }
        }
    }

    function grant(uint8 pick, uint40 timestamp, uint40 expiresAt, bytes16 purpose, bytes32 documentHash) external {
        bytes32 id = bytes32((pick % CONSENTS) + 1);
        bool accepted = _change(
            IConsentRegistry.ConsentChange({
                id: id,
                action: IConsentRegistry.ConsentAction.Grant,
                timestamp: timestamp,
                expiresAt: expiresAt,
                purpose: purpose,
                documentHash: documentHash
            })
        );
        if (!accepted) return;
        require(_granted[id].grantedAt == 0, "granted twice");
        _granted[id] = IConsentRegistry.Consent(timestamp, expiresAt, 0, purpose, documentHash);
    }

    function revoke(uint8 pick, uint40 timestamp, bool withDocument) external {
        bytes32 id = bytes32((pick % CONSENTS) + 1);
        bool accepted = _change(
            IConsentRegistry.ConsentChange({
                id: id,
                action: IConsentRegistry.ConsentAction.Revoke,
                timestamp: timestamp,
                expiresAt: 0,
                purpose: 0,
                documentHash: withDocument ? id : bytes32(0)
            })
        );
        if (!accepted) return;
        require(_granted[id].grantedAt != 0 && _granted[id].revokedAt == 0, "revoked twice, or never granted");
        _granted[id].revokedAt = timestamp;
    }

    function allDigests() external view returns (bytes32[] memory all) {
        return digests;
    }

    function recordedCount() external view returns (uint256 count) {
        return recordedSizes.length;
    }

    function remembered(bytes32 id) external view returns (IConsentRegistry.Consent memory consent) {
        return _granted[id];
    }

    /// @dev Many changes break a rule on purpose: what the contract refuses must leave no trace.
    function _change(IConsentRegistry.ConsentChange memory change) private returns (bool accepted) {
        IConsentRegistry.ConsentChange[] memory changes = new IConsentRegistry.ConsentChange[](1);
        changes[0] = change;
        try MANAGER.anchor(uint64(digests.length), new bytes32[](0), new bytes32[](0), changes) {
            return true;
        } catch {
            return false;
        }
    }

    function _digests(uint256 count, bytes32 seed) private returns (bytes32[] memory batch) {
        batch = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            batch[i] = keccak256(abi.encode(seed, i));
            digests.push(batch[i]);
        }
    }

    function _remember() private {
        recordedSizes.push(uint64(digests.length));
        recordedRoots.push(NaiveTree.root(digests, 0, digests.length));
    }

    function _noChanges() private pure returns (IConsentRegistry.ConsentChange[] memory changes) {
        return new IConsentRegistry.ConsentChange[](0);
    }
}

/// @title ConsentManagerInvariants
/// @notice What no sequence of a relayer's calls can break.
/// hardhat-config: invariant.runs = 12
/// hardhat-config: invariant.depth = 32
/// hardhat-config: invariant.failOnRevert = true
contract ConsentManagerInvariants {
    Relayer private _relayer;
    ConsentManager private _manager;

    function setUp() public {
        _relayer = new Relayer();
        _manager = _relayer.MANAGER();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_relayer);
    }

    function invariant_TheTreeHoldsEveryDigestEverAnchored() public view {
        bytes32[] memory digests = _relayer.allDigests();
        require(_manager.size() == digests.length, "size");
        require(_manager.root() == NaiveTree.root(digests, 0, digests.length), "root");
    }

    function invariant_AForgedFrontierNeverPasses() public view {
        require(_relayer.forgeries() == 0, "forged");
    }

    function invariant_ARecordedRootNeverChanges() public view {
        for (uint256 i = 0; i < _relayer.recordedCount(); ++i) {
            require(_manager.rootAt(_relayer.recordedSizes(i)) == _relayer.recordedRoots(i), "recorded root");
        }
    }

    function invariant_TheRootIsTheOneRecordedAtTheSize() public view {
        uint64 size = _manager.size();
        require(size == 0 || _manager.root() == _manager.rootAt(size), "root and rootAt");
    }

    function invariant_AConsentChangesOnlyByOneRevocation() public view {
        for (uint256 id = 0; id <= _relayer.CONSENTS(); ++id) {
            bytes memory remembered = abi.encode(_relayer.remembered(bytes32(id)));
            require(keccak256(abi.encode(_manager.getConsent(bytes32(id)))) == keccak256(remembered), "consent");
        }
    }
}
