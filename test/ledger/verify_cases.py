"""Runs scripts/verify_receipt.py over cases from standard input, one JSON object a line, for the tests in TypeScript.

{"receipt": …, "trust": {…}, "chain": null or a described chain} gives {"ok": …, "level": …, "failed": …, …}
"""
import json, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
sys.dont_write_bytecode = True
import verify_receipt as verifier


class DescribedChain:
    """What fake-chain.ts is to the verifier in TypeScript."""

    def __init__(self, description):
        self.it = description

    def ask(self, answer):
        if not self.it["reachable"]:
            raise verifier.Unavailable("connection refused")
        return answer

    def chain_id(self):
        return self.ask(self.it["chainId"])

    def block_hash(self, number):
        return self.ask(self.it["blocks"].get(str(number)))

    def root_at(self, contract, size):
        roots = self.it["roots"] if contract.lower() == self.it["contract"].lower() else {}
        return self.ask(roots.get(str(size), verifier.NO_ROOT))

    def transaction(self, contract, tx_hash):
        found = self.it["transactions"].get(tx_hash)
        if found is not None and contract.lower() != self.it["contract"].lower():
            found = {**found, "anchored": []}
        return self.ask(found)


chains = {}
for line in sys.stdin:
    case = json.loads(line)
    if "define" in case:
        chains[case["define"]] = DescribedChain(case["chain"])
        continue
    chain = chains.get(case["chain"])
    print(json.dumps(verifier.verify_receipt(case["receipt"], case["trust"], chain)), flush=False)
