import { Notice } from "../../shared/notice.tsx";
import { Fact } from "../facts.tsx";
import { number } from "../format.ts";
import { Hash, Quoted } from "../value.tsx";
import { common } from "../words.ts";
import type { Look } from "./look.ts";
import { checkpointWords } from "./words.ts";

export function ChainState({ look }: { readonly look: Look }) {
  const words = checkpointWords.value;
  const { view } = look;
  return (
    <section class="card">
      <h2 class="first">{words.state}</h2>
      {look.findings.map(({ code, message }) => (
        <Notice key={code} kind="error">
          <code>{code}</code> <Quoted text={message} language="en" />
        </Notice>
      ))}
      <dl class="facts">
        <Fact name={common.value.chainId}>
          <bdi class="mono">{look.chainId}</bdi>
        </Fact>
        <Fact name={words.head}>{number(view.block)}</Fact>
        <Fact name={common.value.contract}>
          <Hash value={view.contract} whole />
        </Fact>
        <Fact name={words.code}>
          <Hash value={view.codeHash} whole />
        </Fact>
        <Fact name={words.contractSize}>{view.size === null ? "–" : number(view.size)}</Fact>
        <Fact name={words.contractRoot}>
          <Hash value={look.contractRoot} whole />
        </Fact>
      </dl>
    </section>
  );
}

export function ServiceState({ look }: { readonly look: Look }) {
  const words = checkpointWords.value;
  const { checkpoint, fault, ledgerSize, agreement } = look.service;
  const { size: anchored } = look.view;
  return (
    <section class="card">
      <h2 class="first">{words.service}</h2>
      {agreement !== null && (
        <Notice kind={agreement === "agree" ? "success" : "error"}>{words[agreement]}</Notice>
      )}
      <dl class="facts">
        <Fact name={words.checkpointSize}>{checkpoint === null ? "–" : number(checkpoint.size)}</Fact>
        <Fact name={words.checkpointRoot}>
          <Hash value={checkpoint?.root ?? null} whole />
        </Fact>
        <Fact name={words.signedBy}>
          {fault === null ? words.signed : <span class="fault">{words.notSigned(fault)}</span>}
        </Fact>
        <Fact name={words.ledgerSize}>
          {ledgerSize === null ? words.ledgerSizeUnknown : number(ledgerSize)}
        </Fact>
        <Fact name={words.pending}>
          {ledgerSize === null || anchored === null ? "–" : number(Math.max(0, ledgerSize - anchored))}
        </Fact>
      </dl>
    </section>
  );
}
