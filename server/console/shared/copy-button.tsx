import { useSignal } from "@preact/signals";
import { shared } from "./words.ts";

const TOLD_MS = 2_000;

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).catch(() => {});
    copied.value = true;
    setTimeout(() => (copied.value = false), TOLD_MS);
  };
  return (
    <button type="button" class="button button-quiet" onClick={() => void copy()} aria-live="polite">
      {copied.value ? shared.value.copied : (label ?? shared.value.copy)}
    </button>
  );
}
