/** One submission at a time: what comes while one is under way is not sent, so a double click does nothing twice. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Notice } from "../shared/notice.tsx";

/** What went wrong, in words when it is shown: the language may have changed since. */
export type Fault = () => string;

export interface Submission {
  readonly busy: boolean;
  readonly fault: Fault | null;
  /** Counts the faults: the same one again is said again. */
  readonly faults: number;
  readonly run: (send: () => Promise<Fault | null>) => void;
  readonly refuse: (fault: Fault) => void;
  /** Whether the fields are still as they were found wrong; to be told of whatever is typed since. */
  readonly invalid: boolean;
  readonly touch: () => void;
}

export function useSubmission(): Submission {
  const state = useSignal<{ busy: boolean; fault: Fault | null; faults: number }>({
    busy: false,
    fault: null,
    faults: 0,
  });
  /** The number of the fault that somebody has begun to mend. */
  const mended = useSignal(0);
  const actions = useMemo(() => {
    const end = (fault: Fault | null) => {
      const faults = state.value.faults + (fault === null ? 0 : 1);
      state.value = { busy: false, fault, faults };
    };
    const run = (send: () => Promise<Fault | null>) => {
      if (state.value.busy) return;
      state.value = { ...state.value, busy: true, fault: null };
      void send().then(end);
    };
    const refuse = (fault: Fault) => {
      if (!state.value.busy) end(fault);
    };
    const touch = () => void (mended.value = state.value.faults);
    return { run, refuse, touch };
  }, []);
  const { fault, faults } = state.value;
  return { ...state.value, ...actions, invalid: fault !== null && mended.value !== faults };
}

export function FaultNotice({ fault, faults }: Pick<Submission, "fault" | "faults">) {
  if (fault === null) return null;
  return (
    <Notice kind="error" key={faults}>
      {fault()}
    </Notice>
  );
}
