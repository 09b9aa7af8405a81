#!/usr/bin/env python3
"""An independent verifier of the identity ledger, with Python's standard library and nothing of ours.

    verify_receipt.py receipt FILE --rpc URL --chain-id N --contract 0x… --ledger-key VKEY
    verify_receipt.py export  FILE --rpc URL --chain-id N --contract 0x… --ledger-key VKEY

Chain id, contract and key are the auditor's own knowledge: never take them from whoever sent the file. The formats are
in docs/spec.md. Exit code 0: verified. 1: does not hold, and why. 2: could not be checked. Of an export it leaves out
what takes more than its own bytes and the tree: policy replay, consents on chain, ids, and the times of blocks.
"""
import argparse, base64, binascii, datetime, hashlib, hmac, json, re, sys, urllib.request

# ── Encodings: one spelling each ──────────────────────────────────────────────────────────────────────────────────────


class Refused(Exception):
    """What was given does not hold."""


class Unavailable(Exception):
    """The chain gave no usable answer: neither yes nor no."""


def unhex(text, length):
    if not isinstance(text, str) or not re.fullmatch("0x[0-9a-f]{%d}" % (2 * length), text):
        raise Refused(f"expected 0x and {2 * length} lowercase hex digits")
    return bytes.fromhex(text[2:])


def unbase64(text):
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Refused("expected base64")
    if base64.b64encode(raw).decode() != text:
        raise Refused("the base64 is not canonical")
    return raw


def canonical(value, depth=0):
    """RFC 8785, with safe integers as the only numbers."""
    if depth > 32:
        raise Refused("nested too deep")
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise Refused("a number is not a safe integer")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + canonical(value[k], depth + 1) for k in keys) + "}"


def not_a_number(text):
    raise Refused(f"{text[:20]} is not an integer")


def parse_payload(raw):
    """The event in its exact canonical bytes; any other spelling is refused."""
    if len(raw) > 64 * 1024:
        raise Refused("the payload is too large")
    try:
        event = json.loads(raw.decode("utf-8"), parse_float=not_a_number, parse_constant=not_a_number)
        again = canonical(event).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refused(f"the payload is not JSON: {error}")
    if again != raw:
        raise Refused("the payload is not in canonical form")
    if not isinstance(event, dict):
        raise Refused("the payload is not an object")
    patterns = {
        "ledgerId": r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "type": r"[A-Za-z][A-Za-z0-9._-]{0,63}",
        "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z",
        "identityHash": r"0x[0-9a-f]{64}",
    }
    for field, pattern in patterns.items():
        if not isinstance(event.get(field), str) or not re.fullmatch(pattern, event[field], re.ASCII):
            raise Refused(f"the payload's {field} is missing or malformed")
    try:
        datetime.datetime.strptime(event["timestamp"].replace("0000-", "0004-", 1), "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        raise Refused("the payload's timestamp is no instant")
    if event["timestamp"][17:19] > "59":
        raise Refused("the payload's timestamp is no instant")
    if type(event.get("v")) is not int or event["v"] != 1 or not natural(event.get("subjectSeq")):
        raise Refused("the payload's v or subjectSeq is missing or malformed")
    return event


def natural(value, most=2**53 - 1):
    return type(value) is int and 0 <= value <= most


# ── Hashes and the tree (RFC 6962, RFC 9162) ──────────────────────────────────────────────────────────────────────────


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def event_digest(salt, payload):
    return hmac.new(salt, b"identity-ledger/event/v1\0" + payload, hashlib.sha256).digest()


def root_from_proof(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2; None where the proof does not have the form that index and size ask for."""
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            current = sha256(b"\1", sibling, current)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            current = sha256(b"\1", current, sibling)
        node, last = node // 2, last // 2
    return current if last == 0 else None


class Tree:
    """Grows leaf by leaf, in memory of its height: one complete subtree for each bit of its size."""

    def __init__(self):
        self.size, self.frontier = 0, []

    def append(self, digest):
        level, node = 0, sha256(b"\0", digest)
        self.size += 1
        while self.frontier and self.frontier[-1][0] == level:
            node, level = sha256(b"\1", self.frontier.pop()[1], node), level + 1
        self.frontier.append((level, node))

    def root(self):
        if not self.frontier:
            return sha256()
        nodes = [node for _, node in self.frontier]
        root = nodes.pop()
        while nodes:
            root = sha256(b"\1", nodes.pop(), root)
        return root


# ── Ed25519 (RFC 8032, 5.1.7, with the cofactor) and C2SP checkpoints ─────────────────────────────────────────────────

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add_points(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (d - c) % P, (d + c) * (f + e) % P, (d - c) * (d + c) % P, (f - e) * (f + e) % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add_points(result, point)
        point, scalar = add_points(point, point), scalar >> 1
    return result


def decode_point(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x % 2 != sign else x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(public_key, message, signature):
    key, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L or times(8, key)[0] == 0:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left, right = times(8 * s, BASE), add_points(times(8, r), times(8 * k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def parse_key(vkey):
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", vkey)
    raw = unbase64(match[3]) if match else b""
    if len(raw) != 33 or raw[0] != 1 or sha256(match[1].encode() + b"\n" + raw)[:4].hex() != match[2]:
        raise Refused("this is not an Ed25519 verifier key: name+id+base64")
    return match[1], raw[1:], bytes.fromhex(match[2])


def parse_checkpoint(note, vkey):
    """Origin, size and root, of a note that the key signed, or unsigned where the auditor has no key."""
    if len(note) > 64 * 1024 or not note.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", note):
        raise Refused("the checkpoint is not a signed note")
    text, gap, signatures = note[:-1].rpartition("\n\n")
    if not gap or not text:
        raise Refused("no empty line sets the checkpoint's signatures apart")
    text += "\n"
    verified = 0
    for line in signatures.split("\n"):
        match = re.fullmatch(r"— ([^\s\x7f-\x9f+]+) ([^ ]+)", line)
        raw = unbase64(match[2]) if match else b""
        if len(raw) < 5:
            raise Refused("a signature line is malformed")
        if vkey is not None and (match[1], raw[:4]) == (vkey[0], vkey[2]):
            if len(raw) != 68 or not signed(vkey[1], text.encode(), raw[4:]):
                raise Refused("the signature is not over this checkpoint")
            verified += 1
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines or not re.fullmatch("0|[1-9][0-9]{0,15}", lines[1], re.ASCII):
        raise Refused("the checkpoint is malformed")
    root = unbase64(lines[2])
    if int(lines[1]) > 2**48 or len(root) != 32 or len(signatures.split("\n")) > 100:
        raise Refused("the checkpoint is malformed")
    if vkey is not None and (not verified or lines[0] != vkey[0]):
        raise Refused("the trusted key did not sign the checkpoint")
    return lines[0], int(lines[1]), root


# ── The chain, as its JSON-RPC endpoint tells it ──────────────────────────────────────────────────────────────────────

# Of ConsentManager: the selectors of rootAt(uint64) and size(), the topics of Anchored and AnchoredSubtrees.
ROOT_AT, SIZE = "0xeaa38b41", "0x949d225d"
ANCHORED = "0xaced9abdd7c804bcd5934e53783e081e55c1440b0f725f4ddf67b8fe9c1e6d8b"
ANCHORED_SUBTREES = "0x2a2a64cddbff9ccd7bc9d984266fea217f84e0825f3c7bf795a27bf5747c4886"
NO_ROOT = "0x" + "0" * 64


class Rpc:
    def __init__(self, url):
        self.url = url

    def call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)["result"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"{method}: {error}")

    def chain_id(self):
        return int(self.call("eth_chainId"), 16)

    def block_hash(self, number):
        block = self.call("eth_getBlockByNumber", hex(number), False)
        return block and block["hash"]

    def root_at(self, contract, size):
        return self.view(contract, ROOT_AT + f"{size:064x}")

    def size(self, contract):
        return int(self.view(contract, SIZE), 16)

    def view(self, contract, data):
        answer = self.call("eth_call", {"to": contract, "data": data}, "latest")
        return "0x" + "0" * 64 if answer == "0x" else answer

    def transaction(self, contract, tx_hash):
        receipt = self.call("eth_getTransactionReceipt", tx_hash)
        if receipt is None:
            return None
        logs = [log for log in receipt["logs"] if log["address"].lower() == contract.lower()]
        return {
            "status": "success" if receipt["status"] == "0x1" else "reverted",
            "to": receipt["to"],
            "blockNumber": int(receipt["blockNumber"], 16),
            "blockHash": receipt["blockHash"],
            "anchored": [found for found in map(anchored_range, logs) if found],
        }

    def anchored(self, contract):
        """Every range that the contract ever anchored, in order."""
        last, step, first = int(self.call("eth_blockNumber"), 16), 10_000, 0
        while first <= last:
            window = {"address": contract, "fromBlock": hex(first), "toBlock": hex(min(first + step - 1, last))}
            for found in filter(None, map(anchored_range, self.call("eth_getLogs", window))):
                if found["digests"] is not None and len(found["digests"]) != found["size"] - found["fromSize"]:
                    raise Unavailable("a log of the contract makes no sense")
                yield found
            first += step


def anchored_range(log):
    """Range, root, and digests (None for subtrees: the root tells) of a log; None where it is about something else."""
    kind = log["topics"][0]
    if kind not in (ANCHORED, ANCHORED_SUBTREES):
        return None
    data = bytes.fromhex(log["data"][2:])
    word = lambda at: data[at : at + 32]
    number = lambda at: int.from_bytes(word(at), "big")
    array = lambda at: [word(at + 32 * i) for i in range(1, 1 + number(at))]
    place = {"fromSize": int(log["topics"][1], 16), "size": int(log["topics"][2], 16), "root": "0x" + word(0).hex()}
    if kind == ANCHORED:
        return {**place, "digests": ["0x" + digest.hex() for digest in array(number(32))]}
    return {**place, "digests": None}


# ── A receipt ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CHECKS = ("receipt", "payload", "checkpoint", "ledger", "inclusion", "chain", "contract", "transaction", "anchor", "root")


def shape(value, fields, what):
    if not isinstance(value, dict) or set(value) != set(fields):
        raise Refused(f"the {what} has not exactly the fields {', '.join(fields)}")
    for field, holds in fields.items():
        if not holds(value[field]):
            raise Refused(f"the {what}'s {field} is malformed")


def is_hex(length):
    return lambda value: isinstance(value, str) and re.fullmatch("0x[0-9a-f]{%d}" % (2 * length), value) is not None


def or_null(holds):
    return lambda value: value is None or holds(value)


def check_shape(receipt):
    text = lambda value: isinstance(value, str) and len(value) <= 64 * 1024
    shape(receipt, {
        "format": lambda value: value == "identity-ledger/receipt/v1",
        "payload": text,
        "salt": is_hex(32),
        "index": lambda value: natural(value, 2**48),
        "checkpoint": text,
        "inclusionProof": lambda v: isinstance(v, list) and len(v) <= 48 and all(map(is_hex(32), v)),
        "anchor": lambda value: isinstance(value, dict),
    }, "receipt")
    anchor = receipt["anchor"]
    shape(anchor, {
        "status": lambda value: value in ("committed", "broadcast", "mined", "final"),
        "chainId": or_null(lambda value: natural(value) and value > 0),
        "contract": or_null(is_hex(20)),
        "txHash": or_null(is_hex(32)),
        "blockNumber": or_null(natural),
        "blockHash": or_null(is_hex(32)),
    }, "anchor")
    has = lambda field: anchor[field] is not None
    mined, sent = anchor["status"] in ("mined", "final"), anchor["status"] != "committed"
    if has("chainId") != has("contract") or (sent and not has("chainId")) or has("txHash") != sent:
        raise Refused("the anchor's fields do not fit its status")
    if has("blockNumber") != mined or has("blockHash") != mined:
        raise Refused("the anchor's block does not fit its status")


def check_inclusion(receipt, payload, size, root):
    if receipt["index"] >= size:
        raise Refused("the index is beyond the checkpoint's size")
    digest = event_digest(unhex(receipt["salt"], 32), payload)
    proof = [unhex(node, 32) for node in receipt["inclusionProof"]]
    if root_from_proof(sha256(b"\0", digest), receipt["index"], size, proof) != root:
        raise Refused("payload, salt, index and proof do not lead to the checkpoint's root")
    return "0x" + digest.hex()


def check_chain(anchor, trusted, chain):
    if None not in (trusted, anchor["chainId"]) and anchor["chainId"] != trusted:
        raise Refused(f"the receipt names chain {anchor['chainId']}, not the trusted {trusted}")
    expected = trusted or anchor["chainId"]
    if chain is None or chain.chain_id() == expected or expected is None:
        return
    # With a trusted id it is the endpoint that is wrong, and that says nothing about the receipt.
    raise (Unavailable if trusted else Refused)(f"the endpoint does not serve chain {expected}")


def check_transaction(anchor, contract, chain):
    if None in (chain, contract, anchor["txHash"], anchor["blockHash"]):
        return None
    found = chain.transaction(contract, anchor["txHash"])
    if found is None or found["status"] != "success" or (found["to"] or "").lower() != contract:
        raise Refused("no such transaction to the contract succeeded")
    place = (anchor["blockNumber"], anchor["blockHash"])
    if (found["blockNumber"], found["blockHash"].lower()) != place:
        raise Refused("the transaction is in another block")
    if (chain.block_hash(place[0]) or "").lower() != place[1]:
        raise Refused("the block is not on the canonical chain")
    return found


def check_anchor(transaction, index, digest, size, root):
    if transaction is None:
        return
    found = next((one for one in transaction["anchored"] if one["size"] == size), None)
    if found is None or found["root"].lower() != root or not found["fromSize"] <= index < size:
        raise Refused("the transaction did not anchor this index under this root")
    digests = found["digests"]
    if digests is None:
        return
    if len(digests) != size - found["fromSize"] or digests[index - found["fromSize"]].lower() != digest:
        raise Refused("the transaction anchored another digest")


def check_root(anchor, contract, chain, size, root):
    if chain is None or contract is None:
        return False
    there = chain.root_at(contract, size).lower()
    if there != root and (there != NO_ROOT or anchor["blockNumber"] is not None):
        raise Refused(f"the contract's root at size {size} is {there}")
    return there == root


def verify_receipt(receipt, trust, chain):
    """A verdict with the first check that failed. `trust` may hold chainId, contract and ledgerKey; `chain` may be None."""
    reached, level = 0, "none"

    def check(make, *arguments):
        nonlocal reached
        result = make(*arguments)
        reached += 1
        return result

    key = parse_key(trust["ledgerKey"]) if trust.get("ledgerKey") else None
    trusted = trust["contract"].lower() if trust.get("contract") else None
    try:
        check(check_shape, receipt)
        anchor, index = receipt["anchor"], receipt["index"]
        payload = receipt["payload"].encode("utf-8", "surrogatepass")
        event = check(parse_payload, payload)
        origin, size, raw_root = check(parse_checkpoint, receipt["checkpoint"], key)
        level = "offline" if key else "none"
        check(refuse_unless, origin == "identity-ledger/" + event["ledgerId"], "the event is of another ledger")
        digest = check(check_inclusion, receipt, payload, size, raw_root)
        root = "0x" + raw_root.hex()
        check(check_chain, anchor, trust.get("chainId"), chain)
        fits = None in (trusted, anchor["contract"]) or trusted == anchor["contract"]
        check(refuse_unless, fits, "the receipt names another contract than the trusted one")
        contract = anchor["contract"] or trusted
        transaction = check(check_transaction, anchor, contract, chain)
        check(check_anchor, transaction, index, digest, size, root)
        if check(check_root, anchor, contract, chain, size, root) and trusted:
            level = "chain"
    except Refused as error:
        return {"ok": False, "level": level, "failed": CHECKS[reached], "couldNotCheck": False, "detail": str(error)}
    except Unavailable as error:
        return {"ok": False, "level": level, "failed": None, "couldNotCheck": True, "detail": str(error)}
    return {"ok": True, "level": level, "failed": None, "couldNotCheck": False, "detail": f"event {event['id']}"}


def read_receipt(file):
    try:
        return json.load(file)
    except (ValueError, RecursionError):
        raise Refused("the receipt is not JSON")


def refuse_unless(holds, why):
    if not holds:
        raise Refused(why)


# ── An export of the whole ledger ─────────────────────────────────────────────────────────────────────────────────────

HEADER, EVENT = ("format", "ledgerId", "from", "size", "checkpoint", "anchor"), ("index", "digest", "payload", "salt")
TRAILER, MOST_BYTES = ("end", "events", "sha256"), 4 * 64 * 1024


def parse_line(line, fields):
    """A line in its one spelling: two fields of one name, another order, spaces or escapes come back differently."""
    try:
        row = json.loads(line.decode("utf-8")) if len(line) <= MOST_BYTES else None
        again = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
    except (ValueError, RecursionError):
        raise Refused("the line is not JSON")
    refuse_unless(isinstance(row, dict) and tuple(row) == fields and again == line, "the line is malformed or cut off")
    return row


class Subjects:
    """That no event of a subject is missing, and that an erasure accounts for what is empty."""

    def __init__(self):
        self.next_seq, self.last_time, self.emptied, self.explained = {}, "", 0, 0

    def check(self, event):
        who, seq = event["identityHash"], event["subjectSeq"]
        refuse_unless(event["timestamp"] >= self.last_time, "it is earlier than the one before it")
        refuse_unless(self.next_seq.get(who) != "erased", "its subject was erased before")
        if event["type"] == "erased":
            refuse_unless(who not in self.next_seq, "it erases a subject of whom earlier events are still there")
            outcome = event.get("outcome")
            refuse_unless(isinstance(outcome, dict) and natural(outcome.get("events")) and outcome["events"] == seq,
                          "it does not tell how many events it erased")
            self.explained += seq
            refuse_unless(self.explained <= self.emptied, "it erases more events than are empty")
        else:
            refuse_unless(seq == self.next_seq.get(who, 0), "a gap in its subject's events")
        self.next_seq[who], self.last_time = "erased" if event["type"] == "erased" else seq + 1, event["timestamp"]


def check_header(row, trust, key):
    here = {"chainId": trust["chainId"], "contract": trust["contract"].lower()}
    refuse_unless(row["format"] == "identity-ledger/export/v1" and natural(row["size"], 2**48), "not an export")
    refuse_unless(row["from"] == 0 and type(row["from"]) is int, "not an export of the whole ledger")
    refuse_unless(row["anchor"] == here, "the export says that it is anchored elsewhere")
    refuse_unless(isinstance(row["checkpoint"], str), "the export has no checkpoint")
    origin, size, root = parse_checkpoint(row["checkpoint"], key)
    refuse_unless(size == row["size"] and origin == f"identity-ledger/{row['ledgerId']}",
                  "the header's checkpoint is of another ledger or size")
    return size, root


def check_event(row, ledger, subjects):
    """The digest, once payload and salt are what it stands for, or both empty."""
    digest, payload = unhex(row["digest"], 32), row["payload"]
    if payload is None:
        refuse_unless(row["salt"] is None, "a salt without a payload")
        subjects.emptied += 1
        return digest
    refuse_unless(isinstance(payload, str), "the payload is no text")
    raw = payload.encode("utf-8")
    refuse_unless(event_digest(unhex(row["salt"], 32), raw) == digest, "payload and salt do not give the digest")
    event = parse_payload(raw)
    refuse_unless(event["ledgerId"] == ledger, "it is of another ledger")
    subjects.check(event)
    return digest


def verify_export(lines, trust, chain):
    """Reads the lines (bytes) once, in flat memory but for a counter per person. Raises Refused or Unavailable."""
    seen, header, tree, subjects, ended = hashlib.sha256(), None, Tree(), Subjects(), False
    contract, key = trust["contract"].lower(), parse_key(trust["ledgerKey"])
    if chain.chain_id() != trust["chainId"]:
        raise Unavailable(f"the endpoint does not serve chain {trust['chainId']}")
    ranges, current, anchored, total = chain.anchored(contract), None, 0, chain.size(contract)
    for line in lines:
        at = tree.size
        refuse_unless(not ended, "there is something after the trailer")
        if header is None:
            header = parse_line(line, HEADER)
            size, root = check_header(header, trust, key)
        elif line.startswith(b'{"end":'):
            trailer = parse_line(line, TRAILER)
            refuse_unless(trailer["events"] == size == at, f"event {at} is missing: the trailer comes before its time")
            refuse_unless(trailer == {"end": True, "events": at, "sha256": "0x" + seen.hexdigest()},
                          "the trailer does not fit what came before")
            ended = True
        else:
            try:
                row = parse_line(line, EVENT)
                refuse_unless(row["index"] == at < size and type(row["index"]) is int, "it is missing, or doubled")
                digest = check_event(row, header["ledgerId"], subjects)
                if at < total and current is None:
                    current = next(ranges, None)
                    if current is None or current["fromSize"] != at:
                        raise Unavailable(f"the endpoint has no log of what was anchored at {at}")
                if current and current["digests"] is not None:
                    refuse_unless(current["digests"][at - current["fromSize"]] == row["digest"],
                                  "the chain has another digest")
            except Refused as error:
                raise Refused(f"event {at}: {error}")
            tree.append(digest)
            if current and tree.size == current["size"]:
                at_root = "0x" + tree.root().hex()
                refuse_unless(at_root == current["root"] == chain.root_at(contract, tree.size).lower(),
                              f"one of the events {current['fromSize']} to {at} is not what was anchored")
                anchored, current = tree.size, None
        seen.update(line)
    refuse_unless(ended, f"event {tree.size}: the export is cut off, it has no trailer")
    refuse_unless(tree.size >= total, f"event {tree.size} is missing: the contract holds {total}")
    refuse_unless(tree.root() == root, f"the events do not lead to the root that was signed for size {size}")
    unexplained = subjects.emptied - subjects.explained
    refuse_unless(unexplained == 0, f"{unexplained} events are empty, and no erasure explains them")
    return {"events": tree.size, "anchored": anchored, "subjects": len(subjects.next_seq)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("receipt", "export"))
    parser.add_argument("file")
    parser.add_argument("--rpc", help="JSON-RPC endpoint; without it a receipt is verified offline only")
    parser.add_argument("--chain-id", type=int)
    parser.add_argument("--contract")
    parser.add_argument("--ledger-key", help="the ledger's verifier key, name+id+base64")
    args = parser.parse_args()
    trust = {"chainId": args.chain_id, "contract": args.contract, "ledgerKey": args.ledger_key}
    chain = Rpc(args.rpc) if args.rpc else None
    try:
        with open(args.file, "rb") as file:
            if args.what == "export":
                if None in (args.rpc, *trust.values()):
                    parser.error("an export needs --rpc, --chain-id, --contract and --ledger-key")
                print("verified:", json.dumps(verify_export(file, trust, chain)))
                return 0
            verdict = verify_receipt(read_receipt(file), trust, chain)
    except Refused as error:
        print(f"does not hold: {error}")
        return 1
    except (OSError, ValueError, Unavailable) as error:
        print(f"could not be checked: {error}", file=sys.stderr)
        return 2
    # Whoever asks for the chain, and is told nothing by it yet, has the operator's word and no more.
    reached = verdict["level"] == ("chain" if chain else "offline")
    code = 2 if verdict["couldNotCheck"] or verdict["ok"] and not reached else 0 if verdict["ok"] else 1
    how = ("verified", "does not hold", "could not be checked")[code]
    print(f"{how} (level {verdict['level']}): {verdict['failed'] or ''} {verdict['detail']}")
    return code


if __name__ == "__main__":
    sys.exit(main())
