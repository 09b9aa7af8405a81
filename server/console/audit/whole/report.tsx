import type { AuditReport } from "../../../audit/report.ts";
import { Fact } from "../facts.tsx";
import { number } from "../format.ts";
import { Hash, Instant, Quoted } from "../value.tsx";
import type { Run } from "./state.ts";
import { wholeWords } from "./words.ts";

/** What a check came to. */
export function Result({ run }: { readonly run: Exclude<Run, { state: "running" }> }) {
  const words = wholeWords.value;
  switch (run.state) {
    case "cancelled":
      return <p>{words.cancelled}</p>;
    case "broken":
      return (
        <div class="verdict verdict-unknown">
          <h2 class="first">{words.couldNotCheck}</h2>
          <p>{words.broken}</p>
          <Quoted text={run.why} language="en" />
        </div>
      );
    case "unavailable":
      return (
        <div class="verdict verdict-unknown">
          <h2 class="first">{words.couldNotCheck}</h2>
          <p>{words.unavailable}</p>
          <p dir="ltr">
            <Quoted text={run.why} language="en" />
          </p>
          {run.isChain && <p>{words.cors}</p>}
        </div>
      );
    case "done":
      return (
        <>
          {run.report.verified ? <Verified report={run.report} /> : <Findings report={run.report} />}
          <Report report={run.report} seconds={run.seconds} />
        </>
      );
  }
}

function Verified({ report }: { readonly report: AuditReport }) {
  const words = wholeWords.value;
  return (
    <div class="verdict verdict-verified">
      <h2 class="first">{words.verified}</h2>
      <p>{words.verifiedSays(number(report.size))}</p>
    </div>
  );
}

function Findings({ report }: { readonly report: AuditReport }) {
  const words = wholeWords.value;
  return (
    <div class="verdict verdict-failed">
      <h2 class="first">{words.doesNotHold}</h2>
      <ol class="findings" aria-label={words.findings}>
        {report.findings.map(({ code, index, message }, i) => (
          <li key={i} data-code={code}>
            <strong>{index === null ? words.finding.ledger : words.finding.event(number(index))}</strong>{" "}
            <code>{code}</code>
            <p dir="ltr">
              <Quoted text={message} language="en" />
            </p>
            {code === "truncated" && <p>{words.truncatedHint}</p>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Report({ report, seconds }: { readonly report: AuditReport; readonly seconds: number }) {
  const words = wholeWords.value;
  const { ledgerId, size, subjects, erased, root, firstTimestamp, lastTimestamp, chain } = report;
  return (
    <dl class="facts">
      <Fact name={words.facts.ledger}>
        {ledgerId === null ? "–" : <Quoted text={ledgerId} language="en" />}
      </Fact>
      <Fact name={words.facts.checked}>{words.checked(number(size), number(subjects), number(erased))}</Fact>
      <Fact name={words.facts.root}>
        <Hash value={root} whole />
      </Fact>
      <Fact name={words.facts.span}>
        {firstTimestamp !== null && <Instant iso={firstTimestamp} />}
        {" – "}
        {lastTimestamp !== null && <Instant iso={lastTimestamp} />}
      </Fact>
      <Fact name={words.facts.anchored}>
        {words.anchored(number(report.anchoredSize), number(report.anchors), number(chain.block))}
      </Fact>
      <Fact name={words.facts.pending}>
        {report.pending === 0 ? words.noPending : words.pending(number(report.pending))}
      </Fact>
      <Fact name={words.facts.replayed}>{replayed(report)}</Fact>
      <Fact name={words.facts.contract}>
        <Hash value={chain.contract} whole />
      </Fact>
      <Fact name={words.facts.code}>
        <Hash value={chain.codeHash} whole />
      </Fact>
      <Fact name={words.facts.took}>
        {words.took(seconds.toFixed(1), number(Math.round(size / Math.max(seconds, 0.001))))}
      </Fact>
    </dl>
  );
}

function replayed({ replay }: AuditReport): string {
  const words = wholeWords.value;
  if (replay === null) return words.notReplayed;
  const unknown = Object.entries(replay.notReplayed).map(([name, count]) => `${number(count)} ${name}`);
  const left = unknown.length === 0 ? "" : `; ${words.noRule(unknown.join(", "))}`;
  return `${words.replayed(number(replay.replayed))}${left}`;
}
