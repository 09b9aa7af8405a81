import { useSignal } from "@preact/signals";
import { CopyButton } from "../../shared/copy-button.tsx";
import { Notice } from "../../shared/notice.tsx";
import { number, short } from "../format.ts";
import { Hash } from "../value.tsx";
import { BOX, layoutOf } from "./path-layout.ts";
import type { Box } from "./path-layout.ts";
import type { DrawnPath } from "./proof.ts";
import { eventPageWords } from "./words.ts";

/** The path drawn; for a screen reader a list, from the leaf to the root. */
export function MerklePath({ path }: { readonly path: DrawnPath }) {
  const words = eventPageWords.value;
  const chosen = useSignal<Box | null>(null);
  const { width, height, boxes, edges } = layoutOf(path);
  const { value: box } = chosen;
  return (
    <>
      <p>
        {words.pathLead(number(path.size))}
        {path.source === "tiles" && ` ${words.fromTiles}`}
      </p>
      <div class="path-frame" dir="ltr">
        <svg viewBox={`0 0 ${width} ${height}`} role="list" aria-label={words.pathList}>
          {edges.map((d) => (
            <path key={d} class="path-edge" d={d} aria-hidden="true" />
          ))}
          {boxes.map((one) => (
            <PathBox
              key={`${one.level}${one.kind}`}
              box={one}
              chosen={one === box}
              label={`${nameOf(one)}: ${one.hash}`}
              onChoose={() => (chosen.value = one)}
            />
          ))}
        </svg>
      </div>
      {box === null ? (
        <p class="hint">{words.choose}</p>
      ) : (
        <p class="path-chosen">
          <strong>{nameOf(box)}</strong> <Hash value={box.hash} whole /> <CopyButton text={box.hash} />
        </p>
      )}
      <Notice kind={path.holds ? "success" : "error"}>
        {path.holds ? words.rootHolds : words.rootDiffers}
      </Notice>
    </>
  );
}

function PathBox(props: {
  readonly box: Box;
  readonly chosen: boolean;
  readonly label: string;
  readonly onChoose: () => void;
}) {
  const { box, chosen, label, onChoose } = props;
  const { kind, hash, x, y } = box;
  return (
    <g
      role="listitem"
      tabIndex={0}
      aria-label={label}
      class={`path-box path-${kind}${chosen ? " path-box-chosen" : ""}`}
      transform={`translate(${x} ${y})`}
      onFocus={onChoose}
      onMouseEnter={onChoose}
      onClick={onChoose}
    >
      <title>{hash}</title>
      <rect x={-BOX.width / 2} y={-BOX.height / 2} width={BOX.width} height={BOX.height} rx={8} />
      <text text-anchor="middle" dominant-baseline="central">
        {short(hash, [6, 4])}
      </text>
    </g>
  );
}

function nameOf({ kind, level }: Box): string {
  const words = eventPageWords.value;
  if (kind === "left" || kind === "right") return words.sibling[kind];
  if (kind === "node") return `${words.node} ${number(level)}`;
  return kind === "leaf" ? words.leaf : words.root;
}
