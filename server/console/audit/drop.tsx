/** Files dropped anywhere on the page, or chosen. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { common } from "./words.ts";

export function DropZone(props: {
  readonly label: string;
  /** As `<input accept>`: what the file chooser offers first. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly onSeveral: () => void;
  readonly children?: ComponentChildren;
}) {
  const { label, accept, onFile, onSeveral } = props;
  const input = useRef<HTMLInputElement>(null);
  const over = useSignal(false);
  const id = useId();
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (files !== null && files !== undefined && files.length > 1) onSeveral();
    else if (file !== undefined) onFile(file);
  };
  const latest = useRef(take);
  latest.current = take;

  useEffect(() => {
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const onDragOver = (event: DragEvent) => {
      if (!isFiles(event)) return;
      // Without it the browser would open the file in the page's place.
      event.preventDefault();
      over.value = true;
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false;
    };
    const onDrop = (event: DragEvent) => {
      over.value = false;
      if (!isFiles(event)) return;
      event.preventDefault();
      latest.current(event.dataTransfer?.files);
    };
    addEventListener("dragover", onDragOver);
    addEventListener("dragleave", onLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onDragOver);
      removeEventListener("dragleave", onLeave);
      removeEventListener("drop", onDrop);
    };
  }, []);

  return (
    <section class={over.value ? "card drop drop-over" : "card drop"}>
      <label for={id} class="drop-label">
        {label}
      </label>
      <input
        id={id}
        ref={input}
        class="visually-hidden"
        type="file"
        accept={accept}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          // The same file, chosen again, is to be read again.
          currentTarget.value = "";
        }}
      />
      <div class="actions">
        <button type="button" class="button button-main" onClick={() => input.current?.click()}>
          {common.value.file.choose}
        </button>
        {props.children}
      </div>
    </section>
  );
}
