import { number } from "../format.ts";
import { Hash, Instant } from "../value.tsx";
import { common } from "../words.ts";
import type { TimedAnchor } from "./look.ts";
import { checkpointWords } from "./words.ts";

/** The newest anchors, one a row. */
export function AnchorTable(props: { readonly anchors: readonly TimedAnchor[]; readonly count: number }) {
  const { anchors, count } = props;
  const words = checkpointWords.value;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={words.overTime}>
      <table>
        <caption>{words.newest(number(anchors.length), number(count))}</caption>
        <thead>
          <tr>
            <th scope="col">{words.block}</th>
            <th scope="col">{words.time}</th>
            <th scope="col">{common.value.size}</th>
            <th scope="col">{words.events}</th>
            <th scope="col">{words.anchoredAs}</th>
            <th scope="col">{common.value.root}</th>
            <th scope="col">{common.value.transaction}</th>
          </tr>
        </thead>
        <tbody>
          {anchors.map(({ blockNumber, time, fromSize, size, kind, root, txHash }) => (
            <tr key={size}>
              <td>{number(blockNumber)}</td>
              <td>
                <Instant iso={new Date(time * 1_000).toISOString()} />
              </td>
              <td>{number(size)}</td>
              <td>{number(size - fromSize)}</td>
              <td>{words.kind[kind]}</td>
              <td>
                <Hash value={root} />
              </td>
              <td>
                <Hash value={txHash} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
