/** A page of the list, fetched. */
import { ask } from "../../shared/api.ts";
import type { Answer } from "../../shared/api.ts";
import { service } from "../access.ts";
import { apiQuery } from "./filters.ts";
import type { ListQuery } from "./filters.ts";
import { PAGE } from "./refreshed.ts";
import type { EventPage } from "./refreshed.ts";

/** Of what is rare, a page may have nothing: that many are looked through before a person is asked. */
const MOST_REQUESTS = 10;

/** The newest events that fit, from the page's beginning on. */
export const fetchPage = (query: ListQuery): Promise<Answer<EventPage>> =>
  ask(
    service.GET("/api/ledger/events", {
      params: { query: { ...apiQuery(query), order: "newest", limit: PAGE } },
    }),
  );

/** The same; where nothing of it fits, on to where something does, or to the end. */
export async function fetchFilled(query: ListQuery): Promise<Answer<EventPage>> {
  let answer = await fetchPage(query);
  for (let request = 1; request < MOST_REQUESTS && answer.ok; request += 1) {
    const { events, nextCursor } = answer.data;
    if (events.length > 0 || nextCursor === null) break;
    answer = await fetchPage({ ...query, before: nextCursor });
  }
  return answer;
}
