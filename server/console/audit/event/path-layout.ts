/** Where the parts of a drawn Merkle path stand: the root at the top, the leaf at the bottom, neighbours beside. */
import type { DrawnPath } from "./proof.ts";

export const BOX = { width: 112, height: 34 } as const;
/** Three columns: a neighbour on the left, the way itself, a neighbour on the right. */
const WIDTH = 388;
const ROW = 74;
const MARGIN = 6;
const CENTRE = WIDTH / 2;
const COLUMNS = { left: MARGIN + BOX.width / 2, right: WIDTH - MARGIN - BOX.width / 2 } as const;

export interface Box {
  readonly kind: "leaf" | "node" | "root" | "left" | "right";
  readonly hash: string;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  /** Levels above the leaf. */
  readonly level: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** From the leaf upwards; each level's neighbour after its node. */
  readonly boxes: readonly Box[];
  /** Lines from a box to the one that it helps to make: `M x y L x y`. */
  readonly edges: readonly string[];
}

export function layoutOf({ leaf, steps }: Pick<DrawnPath, "leaf" | "steps">): Layout {
  const height = steps.length * ROW + BOX.height + 2 * MARGIN;
  const yOf = (level: number) => height - MARGIN - BOX.height / 2 - level * ROW;
  const kindOf = (level: number) => (level === steps.length ? "root" : level === 0 ? "leaf" : "node");
  const boxes: Box[] = [{ kind: kindOf(0), hash: leaf, x: CENTRE, y: yOf(0), level: 0 }];
  const edges: string[] = [];
  for (const [level, { side, sibling, node }] of steps.entries()) {
    const top = yOf(level) - BOX.height / 2;
    const bottom = yOf(level + 1) + BOX.height / 2;
    boxes.push({ kind: side, hash: sibling, x: COLUMNS[side], y: yOf(level), level });
    boxes.push({ kind: kindOf(level + 1), hash: node, x: CENTRE, y: yOf(level + 1), level: level + 1 });
    edges.push(`M ${CENTRE} ${top} L ${CENTRE} ${bottom}`);
    edges.push(
      `M ${COLUMNS[side]} ${top} C ${COLUMNS[side]} ${bottom}, ${CENTRE} ${top}, ${CENTRE} ${bottom}`,
    );
  }
  return { width: WIDTH, height, boxes, edges };
}
