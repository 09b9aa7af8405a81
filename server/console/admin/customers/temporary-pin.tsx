import { CopyButton } from "../../shared/copy-button.tsx";
import { shared } from "../../shared/words.ts";
import { formatInstant } from "../format.ts";
import { portal } from "../words.ts";

export interface Shown {
  /** Null where support chose it, or it cannot be shown again. */
  readonly pin: string | null;
  readonly withheld: boolean;
  readonly expiresAt: string;
  readonly triesAllowed: number;
}

/** A temporary PIN, this once. */
export function TemporaryPin({ shown }: { readonly shown: Shown }) {
  const words = portal.value.temporary;
  const { pin, withheld, expiresAt, triesAllowed } = shown;
  return (
    <>
      {withheld && <p>{words.withheld}</p>}
      {pin !== null && (
        <div class="temporary-pin">
          <span class="visually-hidden">{words.pin}</span>
          <output dir="ltr" aria-label={pin.split("").join(" ")}>
            {pin}
          </output>
          <CopyButton text={pin} />
        </div>
      )}
      {pin !== null && <p>{words.once}</p>}
      <dl class="facts">
        <dt>{words.expires}</dt>
        <dd>
          <time dateTime={expiresAt}>{formatInstant(expiresAt)}</time>
        </dd>
        <dt>{words.tries}</dt>
        <dd>{shared.value.attempts(triesAllowed)}</dd>
      </dl>
    </>
  );
}
