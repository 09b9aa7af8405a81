/** Asking again and again, while somebody looks. */
import { useEffect, useRef } from "preact/hooks";

/**
 * Asks at once, and again so many milliseconds after each answer; not while the page is hidden or `active` is false.
 * Nobody is asked twice at a time.
 */
export function usePolling(ask: () => Promise<void>, ms: number, active: boolean): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!active) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    let ended = false;
    const turn = async () => {
      clearTimeout(timer);
      if (asking || document.hidden) return;
      asking = true;
      await latest.current();
      asking = false;
      if (!ended) timer = setTimeout(() => void turn(), ms);
    };
    const onVisible = () => void turn();
    document.addEventListener("visibilitychange", onVisible);
    void turn();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [active, ms]);
}
