/** Converts between instants and the clocks of an IANA time zone. */

/** Formats the zone's time as HH:MM. */
export function clock(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

/**
 * Returns the next instant at which the zone's clocks show HH:MM. A time that a clock change skips becomes the time
 * one hour away.
 */
export function nextTime(time: string, zone: string, now: Date): Date {
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  const today = new Date(now.getTime() + offset(zone, now.getTime()));
  const days = [0, 1, 2].map((later) =>
    Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + later, hour, minute),
  );
  // Uses the offset at that instant, because another hour of the same day may have another offset.
  const instants = days.map((wall) => wall - offset(zone, wall - offset(zone, wall)));
  return new Date(instants.find((at) => at > now.getTime())!);
}

/** How many milliseconds the zone's clocks are ahead of UTC. */
function offset(zone: string, at: number): number {
  const numeric = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  } as const;
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...numeric }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
  return (
    Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) -
    Math.floor(at / 1000) * 1000
  );
}
