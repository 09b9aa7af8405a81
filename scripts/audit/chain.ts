import { Command } from "commander";
import type { Anchor } from "../../server/audit/anchor-feed.ts";
import { rebuildFromChain } from "../../server/audit/chain-tree.ts";
import { viewChain } from "../../server/audit/chain-view.ts";
import { Findings } from "../../server/audit/findings.ts";
import { chainOf, chainTrust, withJson, withRange, withTrust } from "./options.ts";
import type { RangeOptions, TrustOptions } from "./options.ts";
import { conclude, number, print, printFindings, printJson } from "./outcome.ts";

export function chainCommand(): Command {
  return withJson(
    withRange(
      withTrust(
        new Command("chain")
          .description(
            "from the chain alone: all sizes, roots and digests of a contract, and the tree rebuilt of them",
          )
          .option("--digests", "list the digests too (--json always does)"),
      ),
    ),
  ).action(async (options: TrustOptions & RangeOptions & { json?: boolean; digests?: boolean }) => {
    const trust = chainTrust(options);
    const chain = chainOf(options);
    const findings = new Findings(1);
    const view = await viewChain(chain, trust, options, findings);
    const tell =
      options.json === true ? printJson : (anchor: Anchor) => printAnchor(anchor, options.digests === true);
    let [anchors, size, root] = [0, 0, ""];
    if (!findings.enough) {
      const rebuilding = rebuildFromChain(chain, view, findings);
      for (;;) {
        const step = await rebuilding.next();
        if (step.done === true) {
          size = step.value.size;
          root = step.value.root();
          break;
        }
        anchors += 1;
        tell(step.value);
      }
    }
    const result = findings.list.length === 0 ? "verified" : "does_not_hold";
    if (options.json === true) {
      const { contract, codeHash, fromBlock, block } = view;
      printJson({
        end: true,
        command: "chain",
        result,
        chainId: trust.chainId,
        contract,
        codeHash,
        fromBlock,
        block,
        anchors,
        size,
        root,
        findings: findings.list,
      });
    } else {
      if (findings.list.length > 0) printFindings(findings.list);
      else print(`VERIFIED: ${number(size)} events in ${number(anchors)} anchors, up to block ${view.block}`);
      print(`\n  root       ${root}\n  contract   ${view.contract}\n  code       ${view.codeHash}`);
    }
    conclude(result);
  });
}

function printAnchor({ fromSize, size, root, blockNumber, txHash, leaves }: Anchor, all: boolean): void {
  print(`block ${blockNumber}  size ${fromSize} to ${size}  root ${root}  tx ${txHash}`);
  if (!all) return;
  if (leaves.kind === "digests") leaves.digests.forEach((digest, i) => print(`  ${fromSize + i}  ${digest}`));
  else for (const { level, hash } of leaves.nodes) print(`  subtree of 2^${level}  ${hash}`);
}
