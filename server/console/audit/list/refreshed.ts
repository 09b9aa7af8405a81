/** A page of the list, kept up with what happens meanwhile. */
import type { Schemas } from "../../../client/index.ts";

export type EventPage = Schemas["EventPage"];
export type ListedEvent = EventPage["events"][number];

/** Events on a page. */
export const PAGE = 50;

/**
 * The page after it was asked for again: what came counts as far as it reaches, what is older stays.
 * @param latest the answer to the newest events, perhaps fewer than the page had
 */
export function refreshed(page: EventPage, latest: EventPage): EventPage {
  if (latest.nextCursor === null || latest.events.length === PAGE) return latest;
  const reaches = latest.events.at(-1)?.index ?? Infinity;
  const older = page.events.filter(({ index }) => index < reaches);
  return { events: [...latest.events, ...older], nextCursor: page.nextCursor };
}
