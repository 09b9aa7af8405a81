import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { CopyButton } from "../../shared/copy-button.tsx";
import { portal } from "../words.ts";
import { shownPins } from "./acts.ts";
import type { Subject } from "./acts.ts";
import { PinCard } from "./pin-card.tsx";

export interface Found {
  /** Which search it came of. */
  readonly search: number;
  /** As it was sought. */
  readonly sought: string;
  readonly subject: Subject;
}

/** One customer, and how their PINs stand: as of the search, and of each act since. */
export function Customer({ found }: { readonly found: Found }) {
  const words = portal.value.customer;
  const subject = useSignal(found.subject);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { subjectId } = subject.value;
  return (
    <section aria-labelledby="customer">
      <h2 id="customer" ref={heading} tabIndex={-1}>
        {words.customer} <bdi>{found.sought}</bdi>
      </h2>
      <dl class="facts pseudonym">
        <dt>{words.pseudonym}</dt>
        <dd>
          <span class="mono" dir="ltr">
            {subjectId}
          </span>{" "}
          <CopyButton text={subjectId} />
        </dd>
      </dl>
      <div class="pins">
        {shownPins(subject.value).map((pin) => (
          <PinCard
            key={pin.policy}
            subjectId={subjectId}
            pin={pin}
            onChanged={(changed) => (subject.value = changed)}
          />
        ))}
      </div>
    </section>
  );
}
