/** How the explorer asks the service. Where events are not for everybody, with an API key of the visitor's. */
import { computed, signal } from "@preact/signals";
import { ledgerClient } from "../../client/index.ts";
import { config } from "../shared/sign-in-state.ts";

/** In the memory of this page alone: gone with it, and in no storage. */
export const apiKey = signal<string | null>(null);

/** Whether there is a chance to see events; an invalid key shows when it is used. */
export const mayRead = computed(() => config.value?.audit === true || apiKey.value !== null);

const TIMEOUT_MS = 30_000;

export const service = ledgerClient({
  url: location.origin,
  fetch(request) {
    const key = apiKey.value;
    // To nobody else, whatever address a call may come to have.
    const ours = new URL(request.url).origin === location.origin;
    if (key !== null && ours) request.headers.set("authorization", `Bearer ${key}`);
    return fetch(request, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  },
});

/** Whether a refusal is about the key: it is unknown, or lacks the scope. */
export const isAboutKey = ({ status }: { readonly status: number }): boolean =>
  status === 401 || status === 403;
