/** Time left, for people: whole seconds, rounded up, so that zero means over. */
export interface Left {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export function leftOf(ms: number): Left {
  const all = Math.max(0, Math.ceil(ms / 1000));
  return {
    days: Math.floor(all / 86_400),
    hours: Math.floor((all % 86_400) / 3_600),
    minutes: Math.floor((all % 3_600) / 60),
    seconds: all % 60,
  };
}

/** As on a clock: 14:59, 1:00:00, and days before that. */
export function clockFace({ days, hours, minutes, seconds }: Left): string {
  const two = (n: number) => String(n).padStart(2, "0");
  if (days > 0) return `${days}:${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
