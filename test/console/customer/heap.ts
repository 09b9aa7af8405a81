/** What the scripts of a page hold in memory, by the browser's own account of its heap. */
import type { Page } from "playwright-core";

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
      readonly edge_fields: readonly string[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Every string that is left after the garbage is collected. */
export async function heldInMemory(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => void chunks.push(chunk));
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return stringsOf(JSON.parse(chunks.join("")) as Snapshot);
}

/** A number is told of by a string below it, which is nowhere in the heap: positions in source code, mostly. */
function stringsOf({ snapshot: { meta }, nodes, edges, strings }: Snapshot): readonly string[] {
  const nodeSize = meta.node_fields.length;
  const edgeSize = meta.edge_fields.length;
  const edgeCount = meta.node_fields.indexOf("edge_count");
  const to = meta.edge_fields.indexOf("to_node");
  const typeOf = (node: number) => meta.node_types[0][nodes[node]!]!;
  const numerals = new Set<number>();
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeSize) {
    for (let i = 0; i < nodes[node + edgeCount]!; i++, edge += edgeSize) {
      if (typeOf(node) === "number") numerals.add(edges[edge + to]!);
    }
  }
  const held: string[] = [];
  for (let node = 0; node < nodes.length; node += nodeSize) {
    if (typeOf(node).endsWith("string") && !numerals.has(node)) held.push(strings[nodes[node + 1]!]!);
  }
  return held;
}
