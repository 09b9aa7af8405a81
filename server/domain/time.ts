/** Durations in milliseconds; every instant in domain/ is milliseconds since the Unix epoch, passed in. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `2026-01-31T09:00:00.000Z`: the only form of an instant in payloads and answers. */
export const isoInstant = (ms: number): string => new Date(ms).toISOString();
