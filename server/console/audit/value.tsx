/** Values that are the same in every language, and so run from left to right in all of them. */
import { seconds, short } from "./format.ts";
import { visible } from "./visible.ts";

/** A hash or an address: shortened where the place is small, and then whole as the tooltip. */
export function Hash(props: { readonly value: string | null; readonly whole?: boolean }) {
  const { value, whole = false } = props;
  if (value === null) return <span>–</span>;
  return (
    <bdi class="mono" dir="ltr" title={whole ? undefined : value}>
      {whole ? value : short(value)}
    </bdi>
  );
}

/** An instant in UTC. @param props.iso as in events @param props.exact with its milliseconds */
export function Instant({ iso, exact = false }: { readonly iso: string; readonly exact?: boolean }) {
  return (
    <time class="instant" dateTime={iso} dir="ltr">
      {exact ? `${seconds(iso)}${iso.slice(19, 23)} UTC` : seconds(iso)}
    </time>
  );
}

/** What an event, a chain or a file says: text and nothing else, whatever it looks like. */
export function Quoted({ text, language }: { readonly text: string; readonly language?: string }) {
  return (
    <bdi class="quoted" lang={language} dir={language === undefined ? "auto" : "ltr"}>
      {visible(text)}
    </bdi>
  );
}
