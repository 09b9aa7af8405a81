/** A question or an answer that comes before all else. The browser keeps the keyboard inside, and gives it back after. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export function Dialog(props: {
  readonly title: string;
  /** While something is under way it stays: what came of it must be read. */
  readonly busy: boolean;
  readonly onClosed: () => void;
  readonly children: (close: () => void) => ComponentChildren;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // What the dialog says has changed: it is read from its beginning.
  useEffect(() => heading.current?.focus(), [props.title]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => props.busy && event.preventDefault()}
      onClose={props.onClosed}
    >
      <h2 id={id} ref={heading} tabIndex={-1}>
        {props.title}
      </h2>
      {props.children(() => dialog.current?.close())}
    </dialog>
  );
}
