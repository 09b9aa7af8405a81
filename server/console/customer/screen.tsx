import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** One thing to do. Its heading is read out when it comes up, unless it has a field that takes the focus. */
export function Screen(props: {
  readonly title: string;
  readonly hasField?: boolean;
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (props.hasField !== true) heading.current?.focus();
  }, [props.title]);
  return (
    <section class="card">
      <h1 ref={heading} tabIndex={-1}>
        {props.title}
      </h1>
      {props.children}
    </section>
  );
}
