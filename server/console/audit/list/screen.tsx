import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { shared } from "../../shared/words.ts";
import type { Problem } from "../../shared/api.ts";
import { isAboutKey } from "../access.ts";
import { addresses } from "../addresses.ts";
import { ApiKeyForm, ForReaders, ForgetKey } from "../api-key.tsx";
import { seconds } from "../format.ts";
import { usePolling } from "../polling.ts";
import { FilterForm } from "./filter-form.tsx";
import { isFiltered, readQuery } from "./filters.ts";
import type { ListQuery } from "./filters.ts";
import { fetchFilled, fetchPage } from "./pages.ts";
import { refreshed } from "./refreshed.ts";
import type { EventPage } from "./refreshed.ts";
import { EventRow } from "./row.tsx";
import { listWords } from "./words.ts";

const POLL_MS = 3_000;

/** `/console/audit?event=<id>` is where the service's other pages and documents point to. */
export function EventsScreen() {
  const words = listWords.value;
  const { query: parameters, route } = useLocation();
  const { event } = parameters;
  useEffect(() => {
    if (event !== undefined) route(addresses.event(event), true);
  }, [event]);
  if (event !== undefined) return null;
  const query = readQuery(parameters);
  return (
    <>
      <h1>{words.title}</h1>
      <p>{words.lead}</p>
      <ForReaders>
        <FilterForm query={query} />
        <EventList key={JSON.stringify(query)} query={query} />
      </ForReaders>
    </>
  );
}

function EventList({ query }: { readonly query: ListQuery }) {
  const words = listWords.value;
  const page = useSignal<EventPage | null>(null);
  const problem = useSignal<Problem | null>(null);
  const asOf = useSignal("");
  const paused = useSignal(false);
  /** Of what is newer than when the list came up. */
  const seen = useSignal(Infinity);
  const arrived = useSignal(0);
  const isNewest = query.before === "";

  const ask = async () => {
    const before = page.value;
    const answer = await (before === null ? fetchFilled(query) : fetchPage(query));
    problem.value = answer.ok ? null : answer.problem;
    if (!answer.ok) return;
    asOf.value = new Date().toISOString();
    page.value = before === null ? answer.data : refreshed(before, answer.data);
    const newest = answer.data.events[0]?.index ?? -1;
    if (before === null) seen.value = newest;
    const known = before?.events[0]?.index ?? -1;
    arrived.value = before === null ? 0 : page.value.events.filter(({ index }) => index > known).length;
  };
  usePolling(ask, POLL_MS, !paused.value && (isNewest || page.value === null));

  if (problem.value !== null && isAboutKey(problem.value)) return <ApiKeyForm refused />;
  if (page.value === null) {
    if (problem.value !== null) return <Notice kind="error">{explain(problem.value)}</Notice>;
    return <p aria-busy="true">{isFiltered(query) ? words.looking : shared.value.loading}</p>;
  }
  const { events, nextCursor } = page.value;
  return (
    <>
      {problem.value !== null && <Notice kind="warning">{words.stale(seconds(asOf.value))}</Notice>}
      <div class="list-head">
        {isNewest && (
          <>
            <span class={paused.value ? "live live-paused" : "live"}>
              {paused.value ? words.paused : words.live}
            </span>
            <button type="button" class="button button-quiet" onClick={() => (paused.value = !paused.value)}>
              {paused.value ? words.resume : words.pause}
            </button>
          </>
        )}
        <span class="bar-space" />
        <ForgetKey />
      </div>
      <p class="visually-hidden" role="status">
        {arrived.value > 0 && words.arrived(arrived.value)}
      </p>
      {events.length > 0 && (
        <ol class="events card">
          {events.map((event) => (
            <EventRow key={event.id} event={event} fresh={event.index > seen.value} />
          ))}
        </ol>
      )}
      {events.length === 0 && nextCursor === null && (
        <p class="card empty">{isFiltered(query) ? words.noneFits : words.none}</p>
      )}
      <nav class="actions" aria-label={words.page}>
        {!isNewest && (
          <a class="button" href={addresses.list({ ...query, before: "" })}>
            {words.newest}
          </a>
        )}
        {nextCursor !== null && (
          <a class="button" href={addresses.list({ ...query, before: nextCursor })}>
            {events.length === 0 ? words.lookFurther : words.older}
          </a>
        )}
      </nav>
    </>
  );
}
