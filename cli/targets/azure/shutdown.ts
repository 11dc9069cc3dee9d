import { clock, nextTime } from "../../../base/zoned-time";
import type { AutoShutdown } from "../../../components/cluster/azure/settings";
import { ianaZone } from "../../../components/cluster/azure/zones";
import type { Finding } from "../../preflight/finding";

/** When and where somebody reads. */
export interface Here {
  readonly now: Date;
  /** IANA's name of the time zone. */
  readonly zone: string;
}

/** This machine's. */
export function here(): Here {
  return { now: new Date(), zone: usable(new Intl.DateTimeFormat().resolvedOptions().timeZone) };
}

/** Of a machine whose TZ names no zone, Node says undefined or Etc/Unknown, which it takes nowhere else. Its clocks show UTC. */
export function usable(zone: string | undefined): string {
  try {
    return zone === undefined ? "UTC" : (new Intl.DateTimeFormat("en", { timeZone: zone }), zone);
  } catch {
    return "UTC";
  }
}

/** When a class may still be at work: nobody says its hours, so that those of any class count. */
const CLASS = { from: "08:00", to: "18:00" };

/** `19:00 UTC (14:00 in America/New_York)`: the place is that of who reads, and left out where its clocks show the same. */
export function shutdownTime({ time, timezone }: AutoShutdown, { now, zone }: Here): string {
  const of = ianaZone(timezone);
  if (of === undefined) return `${time} ${timezone}`;
  const local = clock(nextTime(time, of, now), zone);
  return local === time ? `${time} ${timezone}` : `${time} ${timezone} (${local} in ${zone})`;
}

/** What the daily shutdown does to a class, by the clocks of the config's zone and of this machine's. */
export function shutdownFinding(shutdown: AutoShutdown | false, at: Here): Finding {
  const name = "shutdown";
  if (shutdown === false)
    return { name, status: "notice", seen: "none: the VMs run, and cost, until the seat is taken down" };
  const of = ianaZone(shutdown.timezone);
  const seen = `each day at ${shutdownTime(shutdown, at)}`;
  if (of === undefined)
    return {
      name,
      status: "notice",
      seen: `${seen}; its local time is unknown: no zone of this name is in Unicode's table`,
    };
  const zones = [...new Set([...(of === "UTC" ? [] : [of]), at.zone])];
  const times = zones.map((zone) => ({ zone, time: clock(nextTime(shutdown.time, of, at.now), zone) }));
  const within = times.find(({ time }) => time >= CLASS.from && time < CLASS.to);
  if (within === undefined) return { name, status: "ok", seen };
  const todo = `where the class is: azure.autoShutdown {"time": "19:00", "timezone": "${within.zone}"}, or another evening hour`;
  return {
    name,
    status: "notice",
    seen: `${seen}: within the hours of a class, ${CLASS.from} to ${CLASS.to}, in ${within.zone}`,
    todo,
  };
}
