import { formatTag, locale } from "../../shared/locale.ts";

/** By the device's own time of day; the service counts by the hours of UTC. */
function format(options: Intl.DateTimeFormatOptions, date: Date): string {
  void locale.value;
  return new Intl.DateTimeFormat(formatTag(), options).format(date);
}

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

export const formatHour = (start: string): string =>
  format({ weekday: "short", day: "numeric", month: "short", ...TIME }, new Date(start));

export const formatTime = (seconds: number): string => format(TIME, new Date(seconds * 1000));

export const formatDay = (seconds: number): string =>
  format({ weekday: "short", day: "numeric" }, new Date(seconds * 1000));
