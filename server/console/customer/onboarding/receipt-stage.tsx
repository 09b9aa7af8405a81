import type { Schemas } from "../../shared/api.ts";
import { CopyButton } from "../../shared/copy-button.tsx";
import { Notice } from "../../shared/notice.tsx";
import { verifyUrl } from "../recorded.tsx";
import { Screen } from "../screen.tsx";
import { isMined, useAnchor } from "../use-anchor.ts";
import { onboardingTexts, texts } from "../words/index.ts";
import type { Journey } from "./journey.ts";

export function ReceiptStage({ journey }: { readonly journey: Journey }) {
  const words = onboardingTexts.value.receipt;
  const set = journey.receipt.value;
  if (set === null) return null;
  return (
    <Screen title={journey.kind.value === "set" ? words.title : words.resetTitle}>
      <Receipt set={set} />
    </Screen>
  );
}

function Receipt({ set }: { readonly set: Schemas["PinSet"] }) {
  const words = onboardingTexts.value.receipt;
  const names = texts.value.recorded;
  const standing = useAnchor(set);
  const { txHash, blockNumber, status } = standing;
  return (
    <>
      {isMined(standing) ? <p>{words.lead}</p> : <Notice kind="info">{words.pending}</Notice>}
      <dl class="facts">
        <Fact name={names.transaction} value={txHash} copy={words.copyTransaction} />
        <Fact name={names.block} value={blockNumber} copy={words.copyBlock} />
        <Fact name={names.event} value={set.eventId} copy={words.copyEvent} />
        <dt>{names.status}</dt>
        <dd>{names.statuses[status]}</dd>
      </dl>
      {isMined(standing) && (
        <div class="actions">
          <a class="button button-main" href={verifyUrl(set.eventId)}>
            {names.verify}
          </a>
          <a
            class="button"
            href={`/api/ledger/events/${set.eventId}/receipt`}
            download={`receipt-${set.eventId}.json`}
          >
            {words.download}
          </a>
        </div>
      )}
    </>
  );
}

function Fact(props: {
  readonly name: string;
  readonly value: string | number | null;
  readonly copy: string;
}) {
  const value = props.value === null ? null : String(props.value);
  return (
    <>
      <dt>{props.name}</dt>
      <dd>
        {value === null ? (
          onboardingTexts.value.receipt.pendingValue
        ) : (
          <>
            <bdi class="mono">{value}</bdi> <CopyButton text={value} label={props.copy} />
          </>
        )}
      </dd>
    </>
  );
}
