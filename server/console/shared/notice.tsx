import type { ComponentChildren } from "preact";

/** Something to be read at once: an error interrupts a screen reader, the others wait their turn. */
export function Notice(props: {
  readonly kind: "error" | "warning" | "info" | "success";
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === "error" ? "alert" : "status"}>
      {props.children}
    </div>
  );
}
