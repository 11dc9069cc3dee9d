import { clock, nextTime } from "../../../base/zoned-time";
import type { AutoShutdown } from "../../../components/cluster/azure/settings";
import { ianaZone } from "../../../components/cluster/azure/zones";
import type { Finding } from "../../preflight/finding";

/** The reader's time and time zone. */
export interface Here {
  readonly now: Date;
  /** IANA name of the time zone. */
  readonly zone: string;
}

/** This machine's time and time zone. */
export function here(): Here {
  return { now: new Date(), zone: usable(new Intl.DateTimeFormat().resolvedOptions().timeZone) };
}

/**
 * Replaces an unknown time zone by UTC. If TZ names no zone, Node reports undefined or Etc/Unknown, which it accepts
 * nowhere else. The machine's clocks then show UTC.
 */
export function usable(zone: string | undefined): string {
  try {
    return zone === undefined ? "UTC" : (new Intl.DateTimeFormat("en", { timeZone: zone }), zone);
  } catch {
    return "UTC";
  }
}

/** Assumed hours of a class, because the config does not state them. */
const CLASS = { from: "08:00", to: "18:00" };

/**
 * As `19:00 UTC (14:00 in America/New_York)`. The part in parentheses is the reader's local time; it is omitted where
 * it is the same.
 */
export function shutdownTime({ time, timezone }: AutoShutdown, { now, zone }: Here): string {
  const of = ianaZone(timezone);
  if (of === undefined) return `${time} ${timezone}`;
  const local = clock(nextTime(time, of, now), zone);
  return local === time ? `${time} ${timezone}` : `${time} ${timezone} (${local} in ${zone})`;
}

/** Whether the daily shutdown falls into class hours, in the config's time zone or this machine's. */
export function shutdownFinding(shutdown: AutoShutdown | false, at: Here): Finding {
  const name = "shutdown";
  if (shutdown === false)
    return { name, status: "notice", seen: "none: the VMs run and cost money until the seat is taken down" };
  const of = ianaZone(shutdown.timezone);
  const seen = `each day at ${shutdownTime(shutdown, at)}`;
  if (of === undefined)
    return {
      name,
      status: "notice",
      seen: `${seen}; its local time is unknown, because Unicode's table lacks this zone`,
    };
  const zones = [...new Set([...(of === "UTC" ? [] : [of]), at.zone])];
  const times = zones.map((zone) => ({ zone, time: clock(nextTime(shutdown.time, of, at.now), zone) }));
  const within = times.find(({ time }) => time >= CLASS.from && time < CLASS.to);
  if (within === undefined) return { name, status: "ok", seen };
  const todo = `for a class there: azure.autoShutdown {"time": "19:00", "timezone": "${within.zone}"}, or another evening hour`;
  return {
    name,
    status: "notice",
    seen: `${seen}: within the hours of a class, ${CLASS.from} to ${CLASS.to}, in ${within.zone}`,
    todo,
  };
}
